import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Server } from './support/server.mjs';

// A private rsyslogd with a configuration, a pid file and a spool of its own: the system's, if there is one, is left alone.
class Rsyslog {
  constructor(url, folder) {
    this.log = path.join(folder, 'app.log');
    writeFileSync(this.log, '');
    const { hostname, port } = new URL(url);
    const config = path.join(folder, 'rsyslog.conf');
    // As in docs/users/documents.md.
    writeFileSync(config, `
      global(workDirectory="${folder}")
      module(load="imfile" mode="inotify")
      module(load="omelasticsearch")
      template(name="document" type="list") {
        constant(value="{\\"@timestamp\\":\\"") property(name="timereported" dateFormat="rfc3339")
        constant(value="\\",\\"host\\":\\"") property(name="hostname" format="json")
        constant(value="\\",\\"tag\\":\\"") property(name="syslogtag" format="json")
        constant(value="\\",\\"message\\":\\"") property(name="msg" format="json")
        constant(value="\\"}")
      }
      input(type="imfile" File="${this.log}" Tag="app" Facility="local0")
      action(type="omelasticsearch" server="${hostname}" serverport="${port}" template="document" searchIndex="syslog" searchType=""
        bulkmode="on" errorFile="${path.join(folder, 'errors')}" queue.type="linkedlist" queue.size="20000" queue.dequeueBatchSize="500"
        action.resumeRetryCount="-1" action.resumeInterval="1")`);
    this.process = spawn('rsyslogd', ['-n', '-f', config, '-i', path.join(folder, 'rsyslog.pid')], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    this.process.stdout.on('data', chunk => { this.output += chunk; });
    this.process.stderr.on('data', chunk => { this.output += chunk; });
    this.ended = new Promise(resolve => this.process.once('exit', resolve));
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

const installed = spawnSync('rsyslogd', ['-v']).status === 0;

describe('rsyslog', { skip: !installed && 'rsyslogd is not installed' }, () => {
  let server, folder, rsyslog;
  before(async () => {
    server = await Server.start();
    folder = mkdtempSync(path.join(tmpdir(), 'mlactors-rsyslog-'));
    rsyslog = new Rsyslog(server.url, folder);
  });
  after(async () => {
    await rsyslog?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const count = async () => {
    const answer = await fetch(`${server.url}/syslog/_count?ignore_unavailable=true`);
    return (await answer.json()).count;
  };

  const until = async (wanted, what) => {
    const deadline = Date.now() + 60_000;
    for (let n = await count(); n !== wanted; n = await count()) {
      if (Date.now() > deadline) assert.fail(`${n} of ${wanted} ${what}\n${rsyslog.output}\n${server.output}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };

  it('ships lines with their times, whatever is in them', async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => i === 7 ? 'a "quoted" \\ line with \u00fc and \ttabs' : `line ${i} of the application`);
    appendFileSync(rsyslog.log, lines.join('\n') + '\n');
    await until(2000, 'lines arrived');
    const answer = await fetch(`${server.url}/syslog/_search`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ size: 2, query: { match: { message: 'quoted' } } }),
    });
    const { hits } = await answer.json();
    assert.equal(hits.total.value, 1);
    assert.match(hits.hits[0]._source.message, /a "quoted" \\ line with ü/);
    assert.ok(Math.abs(Date.parse(hits.hits[0]._source['@timestamp']) - Date.now()) < 120_000);
  });

  it('goes on after the server was away', async () => {
    await server.kill();
    appendFileSync(rsyslog.log, Array.from({ length: 500 }, (_, i) => `while away ${i}`).join('\n') + '\n');
    // The same address, as the configuration of the shipper names it.
    await server.run(server.url);
    await until(2500, 'lines are there');
  });
});
