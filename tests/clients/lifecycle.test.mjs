import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';
import { meanByHost, minutes, start } from './support/data.mjs';

describe('a job through its life', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server.stop(); });

  for (const [version, Client] of clients) {
    describe(`with the official client ${version}`, () => {
      const id = `life-${version[0]}`;
      let client;
      before(() => { client = new Client({ node: server.url }); });
      after(async () => { await client.close(); });

      it('says who it is', async () => {
        const info = await client.info();
        assert.equal(info.cluster_name, 'mlactors');
        assert.equal((await client.cluster.health()).status, 'green');
        assert.equal((await client.ml.info()).upgrade_mode, false);
      });

      it('is put with its defaults', async () => {
        const job = await client.ml.putJob({ job_id: id, groups: ['services'], description: 'web', ...meanByHost });
        assert.equal(job.job_id, id);
        assert.equal(job.analysis_limits.model_memory_limit, '1024mb');
        assert.equal(job.model_snapshot_retention_days, 10);
        assert.equal(job.analysis_config.detectors[1].detector_description, 'count');
        const again = await refused(client.ml.putJob({ job_id: id, ...meanByHost }));
        assert.equal(again.status, 400);
        assert.equal(again.error.type, 'resource_already_exists_exception');
      });

      it('refuses data while closed', async () => {
        const { status, error } = await refused(client.ml.postData({ job_id: id, data: minutes(0, 1) }));
        assert.equal(status, 409);
        assert.match(error.reason, /closed/);
        assert.equal((await refused(client.ml.flushJob({ job_id: id }))).status, 409);
      });

      it('is opened, once', async () => {
        assert.equal((await client.ml.openJob({ job_id: id })).opened, true);
        assert.equal((await refused(client.ml.openJob({ job_id: id }))).status, 409);
      });

      it('counts what is posted', async () => {
        const counts = await client.ml.postData({ job_id: id, data: minutes(0, 100) });
        assert.equal(counts.processed_record_count, 6000);
        assert.equal(counts.input_record_count, 6000);
        assert.equal(counts.bucket_count, 99);
        assert.equal(counts.latest_record_timestamp, (start + 5999) * 1000);
        const odd = await client.ml.postData({ job_id: id, data: [{ time: 'never', value: 1 }, { time: start, host: 'a', value: 1 }, { time: start + 6000, value: 2 }] });
        assert.equal(odd.invalid_date_count, 1);
        assert.equal(odd.out_of_order_timestamp_count, 1);
        assert.ok(odd.missing_field_count >= 1);
      });

      it('shows results after a flush', async () => {
        const flushed = await client.ml.flushJob({ job_id: id, calc_interim: true });
        assert.equal(flushed.last_finalized_bucket_end, (start + 6000) * 1000);
        const { records } = await client.ml.getRecords({ job_id: id, record_score: 50, sort: 'record_score', desc: true });
        assert.equal(records[0].partition_field_value, 'b');
        assert.equal(records[0].timestamp, (start + 95 * 60) * 1000);
        assert.ok(records[0].actual[0] > 500 && records[0].typical[0] < 120);
        assert.deepEqual(records[0].influencers, [{ influencer_field_name: 'host', influencer_field_values: ['b'] }]);
        const buckets = await client.ml.getBuckets({ job_id: id, anomaly_score: 50, expand: true });
        assert.ok(buckets.buckets[0].records.length > 0);
        const one = await client.ml.getBuckets({ job_id: id, timestamp: String((start + 95 * 60) * 1000) });
        assert.equal(one.count, 1);
        const influencers = await client.ml.getInfluencers({ job_id: id });
        assert.equal(influencers.influencers[0].influencer_field_value, 'b');
        const overall = await client.ml.getOverallBuckets({ job_id: id, overall_score: 50 });
        assert.equal(overall.overall_buckets[0].jobs[0].job_id, id);
        const page = await client.ml.getBuckets({ job_id: id, page: { from: 10, size: 5 }, exclude_interim: true });
        assert.equal(page.buckets.length, 5);
        assert.equal(page.count, 100);
        assert.equal(page.buckets[0].timestamp, (start + 600) * 1000);
      });

      it('is updated while open', async () => {
        const job = await client.ml.updateJob({ job_id: id, description: 'changed', groups: ['services', 'eu'] });
        assert.equal(job.description, 'changed');
        assert.equal((await client.ml.getJobs({ job_id: 'eu' })).jobs[0].job_id, id);
        await client.ml.updateJob({ job_id: id, groups: ['services'] });
      });

      it('is closed, and everything is readable at once', async () => {
        assert.deepEqual(await client.ml.closeJob({ job_id: id }), { closed: true });
        const { jobs } = await client.ml.getJobStats({ job_id: id });
        assert.equal(jobs[0].state, 'closed');
        assert.equal(jobs[0].data_counts.processed_record_count, 6001);
        assert.equal(jobs[0].node, undefined);
        const { model_snapshots: snapshots } = await client.ml.getModelSnapshots({ job_id: id });
        assert.equal(snapshots.length, 1);
        const job = (await client.ml.getJobs({ job_id: id })).jobs[0];
        assert.equal(job.model_snapshot_id, snapshots[0].snapshot_id);
        assert.ok(job.finished_time);
      });

      it('goes on after it is opened again', async () => {
        await client.ml.openJob({ job_id: id, timeout: '1m' });
        const counts = await client.ml.postData({ job_id: id, data: minutes(101, 110) });
        assert.equal(counts.out_of_order_timestamp_count, 0);
        await client.ml.closeJob({ job_id: id });
        assert.equal((await client.ml.getModelSnapshots({ job_id: id })).count, 2);
      });

      it('keeps, changes, goes back to and deletes model snapshots', async () => {
        const { model_snapshots: [newest, older] } = await client.ml.getModelSnapshots({ job_id: id, sort: 'timestamp', desc: true });
        const updated = await client.ml.updateModelSnapshot({ job_id: id, snapshot_id: older.snapshot_id, description: 'before', retain: true });
        assert.equal(updated.model.retain, true);
        assert.equal((await refused(client.ml.deleteModelSnapshot({ job_id: id, snapshot_id: newest.snapshot_id }))).status, 400);
        const reverted = await client.ml.revertModelSnapshot({ job_id: id, snapshot_id: older.snapshot_id, delete_intervening_results: true });
        assert.equal(reverted.model.description, 'before');
        assert.equal((await client.ml.deleteModelSnapshot({ job_id: id, snapshot_id: newest.snapshot_id })).acknowledged, true);
        assert.equal((await client.ml.getBuckets({ job_id: id, start: String((start + 101 * 60) * 1000) })).count, 0);
      });

      it('rests in upgrade mode and goes on after it', async () => {
        await client.ml.openJob({ job_id: id });
        assert.equal((await client.ml.setUpgradeMode({ enabled: true, timeout: '1m' })).acknowledged, true);
        assert.equal((await client.ml.info()).upgrade_mode, true);
        const { jobs: [stats] } = await client.ml.getJobStats({ job_id: id });
        assert.equal(stats.state, 'opened');
        assert.match(stats.assignment_explanation, /upgrade mode/);
        assert.equal((await refused(client.ml.postData({ job_id: id, data: minutes(100, 101) }, { maxRetries: 0 }))).status, 429);
        assert.equal((await client.ml.setUpgradeMode({ enabled: false })).acknowledged, true);
        assert.equal((await client.ml.info()).upgrade_mode, false);
        await client.ml.closeJob({ job_id: id });
      });

      it('is listed by cat', async () => {
        const rows = await client.cat.mlJobs({ format: 'json', h: ['id', 'state', 'dpr'] });
        assert.ok(rows.some(row => row.id === id && row.state === 'closed'));
      });

      it('is reset to nothing and deleted', async () => {
        assert.equal((await client.ml.resetJob({ job_id: id })).acknowledged, true);
        assert.equal((await client.ml.getBuckets({ job_id: id })).count, 0);
        assert.equal((await client.ml.getJobStats({ job_id: id })).jobs[0].data_counts.processed_record_count, 0);
        assert.equal((await client.ml.deleteJob({ job_id: id })).acknowledged, true);
        assert.equal((await refused(client.ml.getJobs({ job_id: id }))).status, 404);
      });

      it('names every problem of a bad configuration at once', async () => {
        const { status, error } = await refused(client.transport.request({
          method: 'PUT', path: `/_ml/anomaly_detectors/${id}`,
          body: { analysis_config: { bucket_span: 'soon', detectors: [{ function: 'meen', field_name: 'v' }] }, data_description: {}, colour: 'red' },
        }));
        assert.equal(status, 400);
        const all = error.root_cause.map(cause => cause.reason).join(' ');
        for (const part of ['bucket_span', 'meen', 'colour']) assert.match(all, new RegExp(part));
      });
    });
  }
});
