process.env['NEW_RELIC_NO_CONFIG_FILE'] = 'true';
process.env['NEW_RELIC_ENABLED'] = 'false';

/** Switched off, the agent does what it is asked for and reports nothing. */
export async function work(): Promise<string> {
  const { default: newrelic } = await import('newrelic');
  const result = await newrelic.startBackgroundTransaction('job', async () => {
    newrelic.addCustomAttribute('name', 'Ada');
    return Promise.resolve('done');
  });
  return String(result);
}
