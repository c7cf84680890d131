import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';
import { meanByHost, minutes } from './support/data.mjs';

for (const [version, Client] of clients) {
  describe(`closing jobs with the official client ${version}`, () => {
    let server, client;
    before(async () => {
      server = await Server.start();
      client = new Client({ node: server.url });
      for (const id of ['a-1', 'a-2', 'b-1']) await client.ml.putJob({ job_id: id, groups: [id[0] === 'a' ? 'first' : 'second'], ...meanByHost });
    });
    after(async () => {
      await client.close();
      await server.stop();
    });
    beforeEach(async () => {
      await client.ml.closeJob({ job_id: '_all', force: true });
      for (const id of ['a-1', 'a-2', 'b-1']) await client.ml.openJob({ job_id: id });
    });

    const states = async () => (await client.ml.getJobStats({ job_id: '_all' })).jobs.map(job => job.state).join(' ');

    for (const [expression, expected] of [
      ['a-1', 'closed opened opened'], ['first', 'closed closed opened'], ['a-1,b-1', 'closed opened closed'], ['a-*', 'closed closed opened'],
      ['sec*', 'opened opened closed'], ['_all', 'closed closed closed'], ['*', 'closed closed closed'], ['a-1,first,a-*', 'closed closed opened'],
    ]) {
      it(`closes what [${expression}] stands for`, async () => {
        assert.deepEqual(await client.ml.closeJob({ job_id: expression }), { closed: true });
        assert.equal(await states(), expected);
      });
    }

    it('closes nothing when a name is unknown or blank', async () => {
      const unknown = await refused(client.ml.closeJob({ job_id: 'a-1,nobody,nothing' }));
      assert.equal(unknown.status, 404);
      assert.match(unknown.error.reason, /nobody.*nothing/);
      assert.equal((await refused(client.ml.closeJob({ job_id: 'a-1,,b-1' }))).status, 400);
      assert.equal((await refused(client.ml.closeJob({ job_id: ' ' }))).status, 400);
      assert.equal((await refused(client.ml.closeJob({ job_id: 'z*', allow_no_match: false }))).status, 404);
      assert.deepEqual(await client.ml.closeJob({ job_id: 'z*' }), { closed: true });
      assert.equal(await states(), 'opened opened opened');
    });

    it('two closes at once both end well', async () => {
      await client.ml.postData({ job_id: 'a-1', data: minutes(0, 50) });
      await Promise.all([client.ml.closeJob({ job_id: 'a-1' }), client.ml.closeJob({ job_id: '_all' }), client.ml.closeJob({ job_id: 'a-1' })]);
      assert.equal(await states(), 'closed closed closed');
    });

    it('an immediate open, and an immediate delete, succeed', async () => {
      await client.ml.putJob({ job_id: 'c-1', ...meanByHost });
      await client.ml.openJob({ job_id: 'c-1' });
      await client.ml.postData({ job_id: 'c-1', data: minutes(0, 20) });
      await client.ml.closeJob({ job_id: 'c-1' });
      await client.ml.openJob({ job_id: 'c-1' });
      await client.ml.closeJob({ job_id: 'c-1' });
      await client.ml.deleteJob({ job_id: 'c-1' });
    });

    it('a close in the background is a task that tells its progress', async () => {
      const { task } = await client.transport.request({ method: 'POST', path: '/_ml/anomaly_detectors/_all/_close', querystring: { wait_for_completion: false } });
      let found;
      do found = await client.transport.request({ method: 'GET', path: `/_tasks/${task}` }); while (!found.completed);
      assert.equal(await states(), 'closed closed closed');
    });

    it('tells each job\'s outcome when asked', async () => {
      await client.ml.closeJob({ job_id: 'b-1' });
      const answer = await client.transport.request({ method: 'POST', path: '/_ml/anomaly_detectors/_all/_close', querystring: { detailed: true } });
      assert.equal(answer.closed, true);
      assert.deepEqual(Object.keys(answer.jobs), ['a-1', 'a-2', 'b-1']);
    });

    it('a close that was waited for too briefly goes on', async () => {
      await client.ml.postData({ job_id: 'a-1', data: minutes(0, 300) });
      try {
        await client.ml.closeJob({ job_id: 'a-1', timeout: '1ms' });
      } catch (error) {
        assert.equal(error.meta.statusCode, 500);
        assert.match(error.meta.body.error.reason, /a-1|not yet looked up/);
      }
      assert.deepEqual(await client.ml.closeJob({ job_id: 'a-1' }), { closed: true });
    });

    it('refuses parameters it does not know', async () => {
      const { status, error } = await refused(client.transport.request({ method: 'POST', path: '/_ml/anomaly_detectors/a-1/_close', querystring: { fource: true } }));
      assert.equal(status, 400);
      assert.match(error.reason, /fource/);
      assert.match(error.reason, /force/);
    });
  });
}
