import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openInfinipostEmulator } from './emulators/infinipost.ts';
import { newFolder, openAirdate } from './support/airdate.ts';

test('a vendor whose client cannot be closed keeps nothing else open', async () => {
  await using vendor = await openInfinipostEmulator();
  const home = newFolder();
  const environment = { INFINIPOST_API_KEY: vendor.apiKey, INFINIPOST_BASE_URL: vendor.baseUrl };
  const { program, client, log } = await openAirdate({ home, environment });
  const backend = program.desk.backends.get('infinipost');
  if (!backend) throw new Error('the settings turn the backend on');
  Object.assign(backend, { [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) });
  await client.close();
  await program[Symbol.asyncDispose]();
  const facts = { backend: 'infinipost', error: 'Error: stuck' };
  expect(log).toContainEqual(expect.objectContaining({ level: 'warn', facts }));
  expect(readdirSync(join(home, 'locks'))).toEqual([]);
  await expect(program.database.query.selectFrom('posts').selectAll().execute()).rejects.toThrow();
  rmSync(home, { recursive: true });
});
