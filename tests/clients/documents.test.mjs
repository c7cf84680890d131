import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';

const start = Date.UTC(2026, 0, 1);
const minutes = count => Array.from({ length: count }, (_, i) => ({ '@timestamp': new Date(start + i * 60_000).toISOString(), host: { name: `h${i % 3}` }, n: i }));

describe('documents', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server.stop(); });

  for (const [version, Client] of clients) {
    describe(`with the official client ${version}`, () => {
      const index = `docs-${version[0]}`;
      let client;
      before(() => { client = new Client({ node: server.url }); });

      it('takes what the bulk helper sends, in many requests at once', async () => {
        await client.indices.create({ index, mappings: { properties: { '@timestamp': { type: 'date' }, host: { properties: { name: { type: 'keyword' } } } } } });
        const dropped = [];
        const done = await client.helpers.bulk({
          datasource: minutes(3000), flushBytes: 20_000, concurrency: 5, refreshOnCompletion: index,
          onDocument: document => ({ create: { _index: index, _id: `id-${document.n}` } }), onDrop: drop => dropped.push(drop),
        });
        assert.deepEqual(dropped, []);
        assert.equal(done.successful, 3000);
        assert.equal((await client.count({ index })).count, 3000);
      });

      it('tells the helper which documents were dropped, and why', async () => {
        const dropped = [];
        await client.helpers.bulk({
          datasource: [{ n: 'no time' }, { '@timestamp': 'soon' }, { '@timestamp': start }],
          onDocument: () => ({ index: { _index: index } }), onDrop: drop => dropped.push(drop),
        });
        assert.deepEqual(dropped.map(drop => drop.status), [400, 400]);
        assert.match(dropped[0].error.reason, /\[@timestamp\]/);
      });

      it('searches, pages and aggregates', async () => {
        const range = { range: { '@timestamp': { gte: new Date(start).toISOString(), lt: new Date(start + 100 * 60_000).toISOString() } } };
        const seen = [];
        for (let after; ;) {
          const { hits } = await client.search({
            index, size: 30, query: { bool: { filter: [range, { exists: { field: 'n' } }] } }, sort: [{ '@timestamp': 'asc' }, { _doc: 'asc' }], ...(after && { search_after: after }),
          });
          if (hits.hits.length === 0) break;
          seen.push(...hits.hits.map(hit => hit._source.n));
          after = hits.hits.at(-1).sort;
        }
        assert.deepEqual(seen, Array.from({ length: 100 }, (_, i) => i));
        const { aggregations } = await client.search({
          index, size: 0, query: range,
          aggs: { hours: { date_histogram: { field: '@timestamp', fixed_interval: '1h' }, aggs: { hosts: { terms: { field: 'host.name' } }, top: { max: { field: 'n' } } } } },
        });
        assert.deepEqual(aggregations.hours.buckets.map(bucket => bucket.top.value), [59, 99]);
        assert.equal(aggregations.hours.buckets[0].hosts.buckets.length, 3);
      });

      it('gets, replaces and deletes a document', async () => {
        assert.equal((await client.index({ index, id: 'one', document: { '@timestamp': start, a: 1 } })).result, 'created');
        assert.equal((await client.index({ index, id: 'one', document: { '@timestamp': start, a: 2 } })).result, 'updated');
        assert.deepEqual((await client.get({ index, id: 'one' }))._source, { '@timestamp': start, a: 2 });
        assert.equal((await refused(client.create({ index, id: 'one', document: { '@timestamp': start } }))).status, 409);
        assert.equal((await client.delete({ index, id: 'one' })).result, 'deleted');
        assert.equal(await client.exists({ index, id: 'one' }), false);
      });

      it('names what is missing', async () => {
        const { status, error } = await refused(client.search({ index: 'no-such-index' }));
        assert.equal(status, 404);
        assert.equal(error.type, 'index_not_found_exception');
        assert.equal(await client.indices.exists({ index: 'no-such-index' }), false);
      });
    });
  }

  it('keeps what was acknowledged when the server is killed while documents come in', async () => {
    const [[, Client]] = clients;
    const client = new Client({ node: server.url, maxRetries: 0 });
    const acknowledged = new Set();
    let killed;
    for (let batch = 0; !killed?.done; batch++) {
      const ids = Array.from({ length: 200 }, (_, i) => `b${batch}-${i}`);
      const operations = ids.flatMap(id => [{ create: { _index: 'crash', _id: id } }, { '@timestamp': start + batch }]);
      if (batch === 5) killed = { done: false, promise: server.kill() };
      try {
        const { items } = await client.bulk({ operations });
        for (const { create } of items) if (create.status === 201) acknowledged.add(create._id);
      } catch {
        killed.done = true;
      }
    }
    await killed.promise;
    await server.run();
    const again = new Client({ node: server.url });
    assert.ok(acknowledged.size >= 1000);
    const found = new Set();
    for (let after; ;) {
      const { hits } = await again.search({ index: 'crash', size: 1000, _source: false, sort: [{ _doc: 'asc' }], ...(after && { search_after: after }) });
      if (hits.hits.length === 0) break;
      for (const hit of hits.hits) found.add(hit._id);
      after = hits.hits.at(-1).sort;
    }
    for (const id of acknowledged) assert.ok(found.has(id), `${id} was acknowledged and is gone`);
    assert.equal((await again.count({ index: 'crash' })).count, found.size);
  });
});
