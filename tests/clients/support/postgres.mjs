// Runs a command with a PostgreSQL server of its own, whose address it finds in MLACTORS_POSTGRES: node support/postgres.mjs node --test
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const password = 'open-sesame-42';
const versions = '/usr/lib/postgresql';
const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => b - a)[0] : undefined;
const program = name => newest ? path.join(versions, newest, 'bin', name) : name;

// The server refuses to be root.
const isRoot = process.getuid() === 0;
const asUser = (name, args) => isRoot ? ['setpriv', ['--reuid=postgres', '--regid=nogroup', '--clear-groups', program(name), ...args]] : [program(name), args];

const freePort = () => new Promise(resolve => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

const folder = mkdtempSync(path.join(tmpdir(), 'mlactors-postgresql-'));
const data = path.join(folder, 'data');
writeFileSync(path.join(folder, 'password'), password);
if (isRoot) {
  const user = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout);
  for (const place of [folder, path.join(folder, 'password')]) chownSync(place, user, 0);
}

let server;
let code = 1;
try {
  const made = spawnSync(...asUser('initdb', ['-D', data, '-U', 'ml', `--pwfile=${path.join(folder, 'password')}`, '--auth=scram-sha-256', '-E', 'UTF8',
    '--locale=C.UTF-8', '--no-sync']), { encoding: 'utf8', cwd: folder });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr ?? made.error}`);
  const port = await freePort();
  server = spawn(...asUser('postgres', ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, '-c', 'fsync=off']), { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve, reject) => {
    let said = '';
    server.stderr.on('data', chunk => {
      said += chunk;
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(`postgres ended: ${said}`)));
  });
  const [command, ...args] = process.argv.slice(2);
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, MLACTORS_POSTGRES: `Host=127.0.0.1;Port=${port};Database=postgres;Username=ml;Password=${password}` },
  });
  code = await new Promise(resolve => child.once('exit', exit => resolve(exit ?? 1)));
} finally {
  if (server?.exitCode === null) {
    const ended = new Promise(resolve => server.once('exit', resolve));
    server.kill('SIGINT');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
