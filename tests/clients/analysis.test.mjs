import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Server, clients, refused } from './support/server.mjs';
import { start } from './support/data.mjs';

const hour = 3600;

describe('what jobs analyse', () => {
  let server;
  before(async () => { server = await Server.start(); });
  after(async () => { await server.stop(); });

  for (const [version, Client] of clients) {
    describe(`with the official client ${version}`, () => {
      const tag = version[0];
      let client;
      before(() => { client = new Client({ node: server.url }); });
      after(async () => { await client.close(); });

      const run = async (job_id, analysis_config, data) => {
        await client.ml.putJob({ job_id, analysis_config, data_description: { time_field: 'time', time_format: 'epoch' } });
        await client.ml.openJob({ job_id });
        for (let i = 0; i < data.length; i += 20000) await client.ml.postData({ job_id, data: data.slice(i, i + 20000) });
      };

      it('messages, sorted into categories', async () => {
        const job_id = `messages-${tag}`;
        const data = [];
        for (let h = 0; h < 200; h++) {
          for (let i = 0; i < 20; i++) {
            data.push({ time: start + h * hour + i * 60, message: i % 2 ? `Session ${h * i} opened for user u${i}` : `Connection from 10.0.${i}.${h % 250} closed by peer` });
          }
          if (h === 150) for (let i = 0; i < 5; i++) data.push({ time: start + h * hour + 1300 + i, message: `Disk sd${'abcde'[i]} failed with an unrecoverable error` });
        }
        await run(job_id, {
          bucket_span: '1h', categorization_field_name: 'message', detectors: [{ function: 'rare', by_field_name: 'mlcategory' }], influencers: ['mlcategory'],
        }, data);
        await client.ml.closeJob({ job_id });
        const { count, categories } = await client.ml.getCategories({ job_id });
        assert.equal(count, 3);
        assert.match(categories[2].terms, /Disk .*failed .*unrecoverable error/);
        assert.equal(categories[2].num_matches, 5);
        assert.equal((await client.ml.getCategories({ job_id, category_id: '1' })).categories[0].category_id, 1);
        const { records } = await client.ml.getRecords({ job_id, sort: 'record_score', desc: true });
        assert.equal(records[0].by_field_value, '3');
        assert.equal(records[0].timestamp, (start + 150 * hour) * 1000);
        const stats = (await client.ml.getJobStats({ job_id })).jobs[0].model_size_stats;
        assert.equal(stats.total_category_count, 3);
        assert.equal(stats.categorized_doc_count, data.length);
        assert.equal((await refused(client.ml.getCategories({ job_id, category_id: '9' }))).status, 404);
      });

      it('a lasting change of the level, noted once and nowhere if it is not wanted', async () => {
        const noise = (i) => Math.sin(i * 12.9898) * 43758.5453 % 1;
        const data = Array.from({ length: 30 * 24 }, (_, h) => ({ time: start + h * hour, value: 100 + 3 * noise(h) + (h >= 20 * 24 ? 40 : 0) }));
        const annotations = async (job_id) =>
          (await client.transport.request({ method: 'GET', path: `/_ml/anomaly_detectors/${job_id}/results/annotations`, querystring: { event: 'model_change' } })).annotations;
        const config = { bucket_span: '1h', detectors: [{ function: 'mean', field_name: 'value' }] };
        await run(`step-${tag}`, config, data);
        await client.ml.closeJob({ job_id: `step-${tag}` });
        const [change, ...others] = await annotations(`step-${tag}`);
        assert.deepEqual(others, []);
        assert.match(change.annotation, /^level of mean\(value\) rose from (99|100|101)(\.\d)? to (139|140|141)(\.\d)?$/);
        assert.ok(Math.abs(change.timestamp - (start + 20 * 24 * hour) * 1000) <= 3 * hour * 1000);
        await client.ml.putJob({
          job_id: `silent-${tag}`, analysis_config: config, data_description: { time_field: 'time', time_format: 'epoch' }, model_plot_config: { enabled: false },
        });
        await client.ml.openJob({ job_id: `silent-${tag}` });
        await client.ml.postData({ job_id: `silent-${tag}`, data });
        await client.ml.closeJob({ job_id: `silent-${tag}` });
        assert.deepEqual(await annotations(`silent-${tag}`), []);
      });

      it('members of a population', async () => {
        const job_id = `population-${tag}`;
        const data = [];
        for (let h = 0; h < 96; h++)
          for (let user = 0; user < 60; user++) data.push({ time: start + h * hour + user, user: `user-${user}`, bytes: (h === 80 && user === 7 ? 2e6 : 1000) * (1 + 0.5 * Math.sin(h * 7 + user * 3)) });
        await run(job_id, { bucket_span: '1h', detectors: [{ function: 'high_sum', field_name: 'bytes', over_field_name: 'user' }] }, data);
        await client.ml.closeJob({ job_id });
        const { records } = await client.ml.getRecords({ job_id, sort: 'record_score', desc: true });
        assert.equal(records[0].over_field_value, 'user-7');
        assert.equal(records[0].timestamp, (start + 80 * hour) * 1000);
        assert.ok(records[0].causes[0].actual[0] > 100 * records[0].causes[0].typical[0]);
        assert.equal((await client.ml.getJobStats({ job_id })).jobs[0].model_size_stats.total_over_field_count, 60);
      });

      it('what a calendar or a filter says is expected', async () => {
        const calendar_id = `holidays-${tag}`;
        const filter_id = `tests-${tag}`;
        const day = 24 * hour;
        await client.ml.putCalendar({ calendar_id, description: 'days off', job_ids: [`shop-${tag}`] });
        const posted = await client.ml.postCalendarEvents({
          calendar_id, events: [{ description: 'sale', start_time: (start + 6 * day) * 1000, end_time: (start + 7 * day) * 1000 }],
        });
        assert.equal(posted.events[0].calendar_id, calendar_id);
        await client.ml.putFilter({ filter_id, items: ['canary', 'test-*'] });
        const data = [];
        for (let h = 0; h < 10 * 24; h++) {
          const sale = h >= 6 * 24 && h < 7 * 24;
          for (const host of ['web', 'canary', 'test-1'])
            data.push({ time: start + h * hour, host, orders: sale ? 900 : h === 220 ? 700 : 100 + 10 * Math.sin(h) });
        }
        const job_id = `shop-${tag}`;
        await run(job_id, {
          bucket_span: '1h',
          detectors: [{
            function: 'mean', field_name: 'orders', partition_field_name: 'host',
            custom_rules: [{ actions: ['skip_result'], scope: { host: { filter_id, filter_type: 'include' } } }],
          }],
        }, data);
        await client.ml.closeJob({ job_id });
        const { records } = await client.ml.getRecords({ job_id, record_score: 70 });
        assert.ok(records.length > 0);
        for (const record of records) {
          assert.equal(record.partition_field_value, 'web');
          assert.equal(record.timestamp, (start + 220 * hour) * 1000);
        }
        const { buckets } = await client.ml.getBuckets({ job_id, timestamp: String((start + 6 * day + hour) * 1000) });
        assert.deepEqual(buckets[0].scheduled_events, ['sale']);
        assert.equal((await refused(client.ml.deleteFilter({ filter_id }))).status, 409);
        assert.deepEqual((await client.ml.getFilters({ filter_id })).filters[0].items, ['canary', 'test-*']);
        assert.equal((await client.ml.updateFilter({ filter_id, add_items: ['beta'], remove_items: ['canary'] })).items.length, 2);
        const { events } = await client.ml.getCalendarEvents({ calendar_id });
        await client.ml.deleteCalendarEvent({ calendar_id, event_id: events[0].event_id });
        await client.ml.deleteCalendarJob({ calendar_id, job_id });
        assert.deepEqual((await client.ml.getCalendars({ calendar_id })).calendars[0].job_ids, []);
        await client.ml.deleteCalendar({ calendar_id });
      });

      it('what is going to come, and what was expected', async () => {
        const job_id = `future-${tag}`;
        const data = [];
        for (let h = 0; h < 10 * 24; h++) data.push({ time: start + h * hour, orders: 100 + 50 * Math.sin(h * Math.PI / 12) });
        await client.ml.putJob({
          job_id, analysis_config: { bucket_span: '1h', detectors: [{ function: 'mean', field_name: 'orders' }] },
          data_description: { time_field: 'time', time_format: 'epoch' }, model_plot_config: { enabled: true },
        });
        assert.equal((await refused(client.ml.forecast({ job_id }))).status, 409);
        await client.ml.openJob({ job_id });
        await client.ml.postData({ job_id, data });
        assert.equal((await refused(client.ml.forecast({ job_id, duration: '10m' }))).status, 400);
        const { acknowledged, forecast_id } = await client.ml.forecast({ job_id, duration: '2d', expires_in: '1h' });
        assert.equal(acknowledged, true);
        let stats;
        do stats = (await client.ml.getJobStats({ job_id })).jobs[0].forecasts_stats;
        while (!stats.status.finished && !stats.status.failed);
        assert.deepEqual([stats.total, stats.forecasted_jobs, stats.status.finished, stats.records.total], [1, 1, 1, 48]);
        const path = `/_ml/anomaly_detectors/${job_id}/results`;
        const { forecasts } = await client.transport.request({ method: 'GET', path: `${path}/forecasts/${forecast_id}` });
        assert.equal(forecasts.length, 48);
        for (const point of forecasts) {
          const due = 100 + 50 * Math.sin((point.timestamp / 1000 - start) / hour * Math.PI / 12);
          assert.ok(Math.abs(point.forecast_prediction - due) < 15, `${point.forecast_prediction} for ${due}`);
        }
        await client.ml.deleteForecast({ job_id, forecast_id });
        assert.equal((await refused(client.ml.deleteForecast({ job_id, forecast_id }))).status, 404);
        await client.ml.closeJob({ job_id });
        const { count, model_plot } = await client.transport.request({ method: 'GET', path: `${path}/model_plot?size=1000` });
        assert.equal(count, 10 * 24 - 1);
        assert.ok(model_plot.at(-1).model_lower < model_plot.at(-1).actual && model_plot.at(-1).actual < model_plot.at(-1).model_upper);
      });

      it('how much memory they need', async () => {
        const { model_memory_estimate } = await client.ml.estimateModelMemory({
          analysis_config: { bucket_span: '5m', detectors: [{ function: 'mean', field_name: 'x', partition_field_name: 'host' }], influencers: ['user'] },
          overall_cardinality: { host: 2000 }, max_bucket_cardinality: { user: 100 },
        });
        assert.match(model_memory_estimate, /^([5-9]|1\d)mb$/);
      });
    });
  }
});
