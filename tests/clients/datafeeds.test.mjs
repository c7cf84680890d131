// Datafeeds through the official clients: documents sent with the bulk helper, read by a datafeed to its end, the job closed by itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';

const start = Date.parse('2024-03-04T00:00:00Z');
const minutes = 24 * 60;

function* documents() {
  for (let minute = 0; minute < minutes; minute++) {
    for (const host of ['a', 'b', 'c']) {
      const broken = host === 'b' && minute >= 1200 && minute < 1210;
      yield { '@timestamp': new Date(start + minute * 60_000).toISOString(), host, took: 100 + 20 * Math.sin(minute / 37) + (minute * 7 + host.charCodeAt(0)) % 11 + (broken ? 900 : 0) };
    }
  }
}

const until = async (what, said) => {
  for (let tries = 0; tries < 600; tries++) {
    if (await what()) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.fail(said);
};

async function refuses(client, aggregations, why) {
  const { status, error } = await refused(client.ml.updateDatafeed({ datafeed_id: 'added-up', aggregations }));
  assert.equal(status, 400);
  assert.match(error.reason, why);
}

describe('datafeeds', () => {
  for (const [version, Client] of clients) {
    describe(`with the official client ${version}`, () => {
      let server, client;
      before(async () => {
        server = await Server.start();
        client = new Client({ node: server.url });
      });
      after(async () => {
        await client.close();
        await server.stop();
      });

      it('read an index to their end, stop, and close the job', async () => {
        const sent = await client.helpers.bulk({ datasource: [...documents()], onDocument: () => ({ index: { _index: 'web-2024' } }) });
        assert.equal(sent.failed, 0);
        assert.equal((await client.count({ index: 'web-*' })).count, minutes * 3);

        const job = await client.ml.putJob({
          job_id: 'web',
          analysis_config: { bucket_span: '5m', detectors: [{ function: 'high_mean', field_name: 'took', by_field_name: 'host' }], influencers: ['host'] },
          data_description: { time_field: '@timestamp' },
          datafeed_config: { indices: ['web-*'], query: { bool: { filter: [{ exists: { field: 'took' } }] } } },
        });
        assert.equal(job.datafeed_config.datafeed_id, 'web');
        const preview = await client.ml.previewDatafeed({ datafeed_id: 'web' });
        assert.equal(preview[0].host, 'a');
        assert.equal(preview[0]['@timestamp'], start);

        await client.ml.openJob({ job_id: 'web' });
        const started = await client.ml.startDatafeed({ datafeed_id: 'web', start: new Date(start).toISOString(), end: new Date(start + minutes * 60_000).toISOString() });
        assert.equal(started.started, true);
        await until(async () => (await client.ml.getJobStats({ job_id: 'web' })).jobs[0].state === 'closed', 'the job did not close by itself');

        const { datafeeds } = await client.ml.getDatafeedStats({ datafeed_id: 'web' });
        assert.equal(datafeeds[0].state, 'stopped');
        assert.ok(datafeeds[0].timing_stats.search_count > 0);
        const { jobs } = await client.ml.getJobStats({ job_id: 'web' });
        assert.equal(jobs[0].data_counts.processed_record_count, minutes * 3);
        const records = (await client.ml.getRecords({ job_id: 'web', record_score: 50, exclude_interim: true })).records;
        assert.ok(records.some(record => record.by_field_value === 'b' && record.timestamp >= start + 1195 * 60_000 && record.timestamp <= start + 1215 * 60_000));
        assert.ok(records.every(record => record.by_field_value === 'b'), 'false alarms');
        assert.equal((await client.ml.getModelSnapshots({ job_id: 'web' })).count, 1);
      });

      it('go on where they stopped, and bring nothing twice', async () => {
        await client.index({ index: 'web-2024', document: { '@timestamp': new Date(start + minutes * 60_000).toISOString(), host: 'a', took: 101 }, refresh: true });
        await client.ml.openJob({ job_id: 'web' });
        await client.ml.startDatafeed({ datafeed_id: 'web', end: new Date(start + 2 * minutes * 60_000).toISOString() });
        await until(async () => (await client.ml.getJobStats({ job_id: 'web' })).jobs[0].state === 'closed', 'the job did not close by itself');
        const { data_counts: counts } = (await client.ml.getJobStats({ job_id: 'web' })).jobs[0];
        assert.equal(counts.processed_record_count, minutes * 3 + 1);
        assert.equal(counts.out_of_order_timestamp_count, 0);
      });

      it('follow in real time until they are stopped with their job', async () => {
        await client.ml.putJob({ job_id: 'now', analysis_config: { bucket_span: '1s', detectors: [{ function: 'count' }] }, data_description: { time_field: '@timestamp' } });
        await client.ml.putDatafeed({ datafeed_id: 'feed-now', job_id: 'now', indices: ['now-*'], frequency: '1s', query_delay: '0s' });
        await client.index({ index: 'now-1', document: { '@timestamp': new Date().toISOString(), n: 1 } });
        await client.ml.openJob({ job_id: 'now' });
        await client.ml.startDatafeed({ datafeed_id: 'feed-now' });
        await assert.rejects(client.ml.startDatafeed({ datafeed_id: 'feed-now' }), { statusCode: 409 });
        await assert.rejects(client.ml.updateDatafeed({ datafeed_id: 'feed-now', query_delay: '1s' }), { statusCode: 409 });
        await assert.rejects(client.ml.deleteDatafeed({ datafeed_id: 'feed-now' }), { statusCode: 409 });
        await until(async () => (await client.ml.getDatafeedStats({ datafeed_id: 'feed-now' })).datafeeds[0].running_state.real_time_running, 'it did not follow');
        await client.index({ index: 'now-1', document: { '@timestamp': new Date().toISOString(), n: 2 } });
        await until(async () => (await client.ml.getJobStats({ job_id: 'now' })).jobs[0].data_counts.processed_record_count === 2, 'new data was not seen');
        assert.match(await client.cat.mlDatafeeds({ format: 'text' }), /feed-now\s+started/);
        await client.ml.closeJob({ job_id: 'now' });
        assert.equal((await client.ml.getDatafeedStats({ datafeed_id: 'feed-now' })).datafeeds[0].state, 'stopped');
        assert.deepEqual(await client.ml.stopDatafeed({ datafeed_id: '_all' }), { stopped: true });
        assert.deepEqual(await client.ml.deleteDatafeed({ datafeed_id: 'feed-now' }), { acknowledged: true });
        assert.equal((await client.ml.getDatafeeds()).count, 1);
      });

      it('add up documents first, with the results of a job that adds up by itself', async () => {
        // A quarter of an hour without documents, and one with too many.
        const quiet = [...documents()].filter(({ '@timestamp': time }) => Math.floor((Date.parse(time) - start) / 900_000) !== 40);
        const burst = quiet.filter(({ '@timestamp': time, host }) => host === 'c' && Math.floor((Date.parse(time) - start) / 900_000) === 88);
        const sent = await client.helpers.bulk({ datasource: [...quiet, ...burst, ...burst, ...burst], onDocument: () => ({ index: { _index: 'shop-2024' } }) });
        assert.equal(sent.failed, 0);
        const job = (job_id, more) => client.ml.putJob({
          job_id,
          analysis_config: {
            bucket_span: '15m', ...more.analysis,
            detectors: [{ function: 'count', by_field_name: 'host' }, { function: 'mean', field_name: 'took', by_field_name: 'host' }],
          },
          data_description: { time_field: '@timestamp' },
          datafeed_config: { indices: ['shop-*'], ...more.datafeed },
        });
        await job('plain', {});
        await job('added-up', {
          analysis: { summary_count_field_name: 'doc_count' },
          datafeed: {
            aggregations: {
              spans: {
                date_histogram: { field: '@timestamp', fixed_interval: '5m' },
                aggregations: {
                  '@timestamp': { max: { field: '@timestamp' } },
                  host: { terms: { field: 'host' }, aggregations: { took: { avg: { field: 'took' } } } },
                },
              },
            },
          },
        });
        const [first] = await client.ml.previewDatafeed({ datafeed_id: 'added-up' });
        const five = quiet.filter(({ host }) => host === 'a').slice(0, 5);
        const took = five.reduce((sum, document) => sum + document.took, 0) / 5;
        assert.deepEqual({ ...first, took: first.took.toFixed(9) }, { '@timestamp': start + 4 * 60_000, host: 'a', took: took.toFixed(9), doc_count: 5 });

        const run = async (job_id, end) => {
          await client.ml.openJob({ job_id });
          await client.ml.startDatafeed({ datafeed_id: job_id, start: new Date(start).toISOString(), end: new Date(end).toISOString() });
        };
        const closed = job_id => until(async () => (await client.ml.getJobStats({ job_id })).jobs[0].state === 'closed', `${job_id} did not close by itself`);
        await run('plain', start + minutes * 60_000);
        // The first part ends within a bucket of the histogram, the second is interrupted by the death of the server.
        await run('added-up', start + 607 * 60_000);
        await closed('added-up');
        await run('added-up', start + minutes * 60_000);
        await server.kill();
        await server.run(server.url);
        await closed('plain');
        await closed('added-up');

        const buckets = async job_id => (await client.ml.getBuckets({ job_id, size: 1000, exclude_interim: true })).buckets.map(bucket => bucket.timestamp);
        const found = async job_id => (await client.ml.getRecords({ job_id, size: 1000, exclude_interim: true, sort: 'timestamp', record_score: 1 })).records
          .map(({ timestamp, detector_index, by_field_value, actual, record_score }) => ({ timestamp, detector_index, by_field_value, actual, record_score }));
        const [expected, got] = [await found('plain'), await found('added-up')];
        const key = ({ timestamp, detector_index, by_field_value }) => `${timestamp} ${detector_index} ${by_field_value}`;
        assert.deepEqual(got.map(key).sort(), expected.map(key).sort());
        for (const record of got) {
          const same = expected.find(other => key(other) === key(record));
          assert.ok(Math.abs(same.record_score - record.record_score) < 1e-6 && Math.abs(same.actual[0] - record.actual[0]) < 1e-9, JSON.stringify([same, record]));
        }
        assert.ok(got.some(record => record.detector_index === 0 && record.by_field_value === 'c' && record.timestamp === start + 88 * 900_000 && record.record_score > 50));
        assert.ok(got.some(record => record.detector_index === 1 && record.by_field_value === 'b' && record.record_score > 50));
        assert.deepEqual(await buckets('added-up'), await buckets('plain'));
        const { data_counts: counts } = (await client.ml.getJobStats({ job_id: 'added-up' })).jobs[0];
        assert.equal(counts.processed_record_count, 3 * (minutes - 15) / 5);
        assert.equal(counts.out_of_order_timestamp_count, 0);
        await refuses(client, { spans: { date_histogram: { field: '@timestamp', fixed_interval: '5m' } } }, /needs the time of its newest document/);
        await refuses(client, { spans: { date_histogram: { field: '@timestamp', fixed_interval: '4m' } } }, /must be a multiple/);
      });
    });
  }
});
