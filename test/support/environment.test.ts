/** Mirrors environment.ts and setup.ts: whose settings a program has that a test starts. */
import { expect, test, vi } from 'vitest';
import { SETTINGS } from '../../src/config/config.ts';
import { forgetUser } from './environment.ts';

test('no setting of Airdate, no key of a vendor and no setting of npm is left, and everything else is', () => {
  const kept = { PATH: '/usr/bin', HOME: '/home/ada', TZ: 'UTC', FAULTS: 'long', NODE_OPTIONS: '' };
  const known = Object.keys(SETTINGS).map((name) => [name, 'mine']);
  const environment = {
    ...kept,
    ...Object.fromEntries(known),
    AIRDATE_TOKEN: 'mine',
    npm_config_ignore_scripts: 'true',
    NPM_CONFIG_LOGLEVEL: 'silent',
  };
  forgetUser(environment);
  expect(environment).toEqual(kept);
});

test('it is so before a test runs', async () => {
  expect(Object.keys(process.env).filter((name) => name.startsWith('AIRDATE_'))).toEqual([]);
  process.env.INFINIPOST_API_KEY = 'sk_mine';
  vi.resetModules();
  await import('./setup.ts');
  expect(process.env.INFINIPOST_API_KEY).toBeUndefined();
});
