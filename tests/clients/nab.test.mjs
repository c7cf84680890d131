// Real series through the official client: posted into a group, read, closed by wildcard, killed, reopened, continued.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Server, clients } from './support/server.mjs';

const nab = process.env.MLACTORS_NAB_DATA ?? path.resolve(import.meta.dirname, '../../../shared/data/nab');
const series = {
  'nab-taxi': ['realKnownCause/nyc_taxi.csv', '30m'],
  'nab-machine': ['realKnownCause/machine_temperature_system_failure.csv', '15m'],
  'nab-cpu': ['realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv', '15m'],
  'nab-latency': ['realKnownCause/ec2_request_latency_system_failure.csv', '15m'],
};
const found = existsSync(path.join(nab, 'data', series['nab-taxi'][0]));
if (!found) console.log(`SKIPPED: the real series are not at ${nab}; set MLACTORS_NAB_DATA`);

const read = file => readFileSync(path.join(nab, 'data', file), 'utf8').trim().split('\n').slice(1).map(line => {
  const [timestamp, value] = line.split(',');
  return { timestamp, value: Number(value) };
});

describe('real series', { skip: !found }, () => {
  const windows = found ? JSON.parse(readFileSync(path.join(nab, 'labels/combined_windows.json'), 'utf8')) : {};
  for (const [version, Client] of clients) {
    it(`are posted with the official client ${version}, closed by wildcard, reopened after a kill, and continued`, async () => {
      const server = await Server.start();
      let client = new Client({ node: server.url });
      try {
        for (const [id, [file, span]] of Object.entries(series)) {
          await client.ml.putJob({
            job_id: id, groups: ['nab'], analysis_config: { bucket_span: span, detectors: [{ function: 'mean', field_name: 'value' }] },
            data_description: { time_field: 'timestamp', time_format: 'yyyy-MM-dd HH:mm:ss' },
          });
          await client.ml.openJob({ job_id: id });
          const records = read(file);
          const counts = await client.ml.postData({ job_id: id, data: records.slice(0, records.length / 2) });
          assert.equal(counts.invalid_date_count, 0);
        }
        assert.deepEqual(await client.ml.closeJob({ job_id: 'nab-*' }), { closed: true });
        await client.close();
        await server.restart();
        client = new Client({ node: server.url });
        let hit = 0;
        for (const [id, [file]] of Object.entries(series)) {
          await client.ml.openJob({ job_id: id });
          const records = read(file);
          await client.ml.postData({ job_id: id, data: records.slice(records.length / 2) });
        }
        assert.deepEqual(await client.ml.closeJob({ job_id: 'nab' }), { closed: true });
        for (const [id, [file]] of Object.entries(series)) {
          const { jobs } = await client.ml.getJobStats({ job_id: id });
          const total = read(file).length;
          assert.equal(jobs[0].data_counts.processed_record_count + jobs[0].data_counts.out_of_order_timestamp_count, total);
          for (const [from, to] of windows[file]) {
            const { count } = await client.ml.getBuckets({ job_id: id, anomaly_score: 50, start: from.replace(' ', 'T') + 'Z', end: to.replace(' ', 'T') + 'Z' });
            if (count > 0) hit++;
          }
        }
        // Fourteen labelled windows; the first model is asked for half of them.
        const labelled = Object.values(series).reduce((sum, [file]) => sum + windows[file].length, 0);
        assert.ok(hit * 2 >= labelled, `${hit} of ${labelled} labelled windows`);
      } finally {
        await client.close();
        await server.stop();
      }
    });
  }
});
