import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';
import { meanByHost } from './support/data.mjs';

describe('authorization', () => {
  let server;
  before(async () => {
    server = await Server.start({
      config: 'mlactors.authentication.enabled = on',
      users: [
        { name: 'root', password: 'a-secret', role: 'superuser' },
        { name: 'admin', password: 'b-secret', role: 'machine_learning_admin' },
        { name: 'viewer', password: 'c-secret', role: 'monitor' },
      ],
    });
  });
  after(async () => { await server.stop(); });

  for (const [version, Client] of clients) {
    describe(`with the official client ${version}`, () => {
      const id = `secured-${version[0]}`;
      const as = (username, password) => new Client({ node: server.url, auth: { username, password } });

      it('asks for credentials before it tells anything', async () => {
        const { status, error, headers } = await refused(new Client({ node: server.url }).ml.getJobs({ job_id: 'nobody' }));
        assert.equal(status, 401);
        assert.equal(error.type, 'security_exception');
        assert.match(String(headers['www-authenticate']), /Basic/);
        assert.equal((await refused(as('admin', 'wrong!').ml.getJobs({ job_id: 'nobody' }))).status, 401);
      });

      it('lets an administrator of jobs work and a viewer look', async () => {
        await as('admin', 'b-secret').ml.putJob({ job_id: id, ...meanByHost });
        await as('admin', 'b-secret').ml.openJob({ job_id: id });
        assert.equal((await as('viewer', 'c-secret').ml.getJobStats({ job_id: id })).jobs[0].state, 'opened');
        const { status, error } = await refused(as('viewer', 'c-secret').ml.closeJob({ job_id: id }));
        assert.equal(status, 403);
        assert.match(error.reason, /manage_ml/);
        assert.equal((await as('viewer', 'c-secret').ml.getJobStats({ job_id: id })).jobs[0].state, 'opened');
        assert.deepEqual(await as('admin', 'b-secret').ml.closeJob({ job_id: id }), { closed: true });
      });

      it('takes API keys until they are invalidated', async () => {
        const root = as('root', 'a-secret');
        const key = await root.security.createApiKey({ name: 'feeder', role_descriptors: { ml: { cluster: ['monitor_ml'] } } });
        const feeder = new Client({ node: server.url, auth: { apiKey: key.encoded } });
        assert.equal((await feeder.ml.getJobs({ job_id: id })).count, 1);
        assert.equal((await refused(feeder.ml.deleteJob({ job_id: id }))).status, 403);
        await root.security.invalidateApiKey({ ids: [key.id] });
        assert.equal((await refused(feeder.ml.getJobs({ job_id: id }))).status, 401);
        assert.equal((await as('admin', 'b-secret').security.authenticate()).username, 'admin');
      });
    });
  }
});
