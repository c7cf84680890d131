// Records of a web service, one a second: a gentle wave with a spike in minute 95. The same in every run.
export const start = 1748822400;

export function minutes(from, to) {
  const records = [];
  for (let t = start + from * 60; t < start + to * 60; t++) {
    const host = t % 2 ? 'b' : 'a';
    const spike = Math.floor((t - start) / 60) === 95 && host === 'b' ? 500 : 0;
    records.push({ time: t, host, value: Math.round((100 + 10 * Math.sin(t / 7) + spike) * 1000) / 1000, unused: { deep: ['x', 'y'] } });
  }
  return records;
}

export const meanByHost = {
  analysis_config: {
    bucket_span: '60s',
    detectors: [{ function: 'mean', field_name: 'value', partition_field_name: 'host' }, { function: 'count' }],
    influencers: ['host'],
  },
  data_description: { time_field: 'time', time_format: 'epoch' },
};
