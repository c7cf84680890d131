// Starts a real server on a data folder of its own; and, when MLACTORS_POSTGRES says how to connect, with a schema of its own in that database.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client as Client8 } from 'es8';
import { Client as Client9 } from 'es9';

const dll = process.env.MLACTORS ??
  path.resolve(import.meta.dirname, '../../../src/MlActors.Node/bin/Release/net10.0/mlactors.dll');

export const clients = [['8.x', Client8], ['9.x', Client9]];

// Read from the environment by the server as well.
const onPostgres = () => process.env.MLACTORS_POSTGRES
  ? `\nmlactors.storage { provider = postgresql\n postgresql { connection-string = \${MLACTORS_POSTGRES}\n schema = clients_${randomBytes(6).toString('hex')}\n readers = 2 } }\n`
  : '';

export class Server {
  static async start({ config = '', users = [] } = {}) {
    const data = mkdtempSync(path.join(tmpdir(), 'mlactors-clients-'));
    const args = ['--data', data];
    const settings = config + onPostgres();
    if (settings) {
      writeFileSync(path.join(data, 'server.conf'), settings);
      args.push('--config', path.join(data, 'server.conf'));
    }
    for (const { name, password, role } of users) {
      const added = spawnSync('dotnet', [dll, 'users', 'add', name, '--role', role, ...args], { input: password + '\n', encoding: 'utf8' });
      if (added.status !== 0) throw new Error(added.stderr);
    }
    const server = new Server(data, args);
    await server.run();
    return server;
  }

  constructor(data, args) {
    this.data = data;
    this.args = args;
    this.output = '';
  }

  // A fixed address lets those who know it find the server again.
  async run(url = 'http://127.0.0.1:0') {
    this.process = spawn('dotnet', [dll, 'serve', '--urls', url, ...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise(resolve => this.process.once('exit', resolve));
    this.url = await new Promise((resolve, reject) => {
      const read = chunk => {
        this.output += chunk;
        const listening = /listens on (http:\/\/[^;,\s]+)/.exec(this.output.slice(this.mark ?? 0));
        if (listening) resolve(listening[1]);
      };
      this.process.stdout.on('data', read);
      this.process.stderr.on('data', read);
      this.process.once('exit', code => reject(new Error(`the server ended with ${code}:\n${this.output}`)));
    });
    this.mark = this.output.length;
  }

  // SIGKILL: nothing is cleaned up.
  async kill() {
    this.process.kill('SIGKILL');
    await this.ended;
  }

  async restart() {
    await this.kill();
    await this.run();
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.ended;
    rmSync(this.data, { recursive: true, force: true });
  }
}

// A client call that must be refused: its error body and status.
export async function refused(call) {
  try {
    await call;
  } catch (error) {
    if (!error.meta) throw error;
    return { status: error.meta.statusCode, error: error.meta.body.error, headers: error.meta.headers };
  }
  throw new Error('the call was not refused');
}
