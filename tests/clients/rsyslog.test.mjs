import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Server, clients } from './support/server.mjs';

// A private rsyslogd with a configuration, a pid file and a spool of its own: the system's, if there is one, is left alone.
class Rsyslog {
  constructor(url, folder) {
    this.log = path.join(folder, 'app.log');
    this.portFile = path.join(folder, 'port');
    writeFileSync(this.log, '');
    const { hostname, port } = new URL(url);
    const config = path.join(folder, 'rsyslog.conf');
    // As in docs/users/documents.md.
    writeFileSync(config, `
      global(workDirectory="${folder}")
      module(load="imfile" mode="inotify")
      module(load="imtcp")
      module(load="omelasticsearch")
      template(name="document" type="list") {
        constant(value="{\\"@timestamp\\":\\"") property(name="timereported" dateFormat="rfc3339")
        constant(value="\\",\\"host\\":\\"") property(name="hostname" format="json")
        constant(value="\\",\\"tag\\":\\"") property(name="syslogtag" format="json")
        constant(value="\\",\\"message\\":\\"") property(name="msg" format="json")
        constant(value="\\"}")
      }
      input(type="imfile" File="${this.log}" Tag="app" Facility="local0")
      input(type="imtcp" Address="127.0.0.1" Port="0" ListenPortFileName="${this.portFile}")
      action(type="omelasticsearch" server="${hostname}" serverport="${port}" template="document" searchIndex="syslog" searchType=""
        bulkmode="on" errorFile="${path.join(folder, 'errors')}" queue.type="linkedlist" queue.size="20000" queue.dequeueBatchSize="500"
        action.resumeRetryCount="-1" action.resumeInterval="1")`);
    this.process = spawn('rsyslogd', ['-n', '-f', config, '-i', path.join(folder, 'rsyslog.pid')], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.output = '';
    this.process.stdout.on('data', chunk => { this.output += chunk; });
    this.process.stderr.on('data', chunk => { this.output += chunk; });
    this.ended = new Promise(resolve => this.process.once('exit', resolve));
  }

  // Lines of syslog, which carry their own time.
  async send(lines) {
    await until(() => existsSync(this.portFile) && readFileSync(this.portFile, 'utf8').trim() !== '', () => `rsyslog listens\n${this.output}`);
    const socket = connect(Number(readFileSync(this.portFile, 'utf8')), '127.0.0.1');
    socket.end(lines.join('\n') + '\n');
    await once(socket, 'close');
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

async function until(what, said) {
  const deadline = Date.now() + 60_000;
  while (!await what()) {
    if (Date.now() > deadline) assert.fail(`not in a minute: ${await said()}`);
    await new Promise(resolve => setTimeout(resolve, 100));
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

  const count = async query => {
    const answer = await fetch(`${server.url}/syslog/_count?ignore_unavailable=true&q=${encodeURIComponent(query)}`);
    return (await answer.json()).count;
  };

  const arrived = (wanted, query) =>
    until(async () => await count(query) === wanted, async () => `${await count(query)} of ${wanted} lines arrived\n${rsyslog.output}\n${server.output}`);

  it('ships lines with their times, whatever is in them', async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => i === 7 ? 'a "quoted" \\ line with \u00fc and \ttabs' : `line ${i} of the application`);
    appendFileSync(rsyslog.log, lines.join('\n') + '\n');
    await arrived(2000, 'tag:app*');
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
    await arrived(2500, 'tag:app*');
  });

  it('is watched by a datafeed, and a burst of lines is found', async () => {
    // Three days of two services: sshd lets in two to six a minute, cron works every five; in one quarter of an hour sshd is knocked at.
    const [start, minutes, burst] = [Date.parse('2024-03-04T00:00:00Z'), 3 * 24 * 60, 200];
    const line = (ms, app, text) => `<86>1 ${new Date(ms).toISOString()} gate ${app} - - - ${text}`;
    const lines = [];
    let seed = 1;
    const random = () => (seed = seed * 48271 % 0x7fffffff) / 0x7fffffff;
    for (let minute = 0; minute < minutes; minute++) {
      const at = start + minute * 60_000;
      const logins = 2 + Math.floor(random() * 5);
      for (let i = 0; i < logins; i++) lines.push(line(at + i * 9000, 'sshd', `Accepted publickey for deploy from 10.0.0.${(minute * 13 + i) % 40}`));
      if (minute % 5 === 0) lines.push(line(at + 1000, 'cron', 'session opened for user root'));
      if (Math.floor(minute / 15) === burst) for (let i = 0; i < 40; i++) lines.push(line(at + i * 1400 + 7, 'sshd', `Failed password for invalid user guest${i} from 203.0.113.9`));
    }
    await rsyslog.send(lines);
    await arrived(lines.length, 'host:gate');

    const [, Client] = clients.at(-1);
    const client = new Client({ node: server.url });
    await client.ml.putJob({
      job_id: 'gate',
      analysis_config: { bucket_span: '15m', detectors: [{ function: 'high_count', by_field_name: 'tag' }], influencers: ['tag'] },
      data_description: { time_field: '@timestamp' },
      datafeed_config: { indices: ['syslog'], query: { term: { host: 'gate' } } },
    });
    await client.ml.openJob({ job_id: 'gate' });
    await client.ml.startDatafeed({ datafeed_id: 'gate', start: new Date(start).toISOString(), end: new Date(start + minutes * 60_000).toISOString() });
    const stats = async () => (await client.ml.getJobStats({ job_id: 'gate' })).jobs[0];
    await until(async () => (await stats()).state === 'closed', async () => JSON.stringify(await client.ml.getDatafeedStats({ datafeed_id: 'gate' })));
    assert.equal((await stats()).data_counts.processed_record_count, lines.length);
    const { records } = await client.ml.getRecords({ job_id: 'gate', exclude_interim: true, record_score: 50 });
    await client.close();
    assert.deepEqual(records.map(record => [record.timestamp, record.by_field_value]), [[start + burst * 900_000, 'sshd']]);
    assert.ok(records[0].actual[0] > 15 * 40);
    assert.ok(records[0].record_score > 75, `its score is ${records[0].record_score}`);
  });
});
