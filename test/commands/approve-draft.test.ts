/** Mirrors src/commands/approve-draft.ts: what `airdate approve` shows, and what it does not let go out. */
import { expect, test } from 'vitest';
import { type Airdate, openAirdate } from '../support/airdate.ts';
import { ManualClock } from '../support/clock.ts';
import { runAirdate } from '../support/process.ts';

const ORDER = {
  accountIds: ['local:tiktok'],
  contentUrl: 'https://cdn.example.com/clip.mp4',
  caption: 'please look at this',
};

/** An agent of a tenant, which has the TikTok account. */
async function openTenant(tenant: string): Promise<Airdate> {
  const caller = { tenant, token: `${tenant}-agent`, accounts: ['local:tiktok'] };
  return openAirdate({ level: 'draft', caller, clock: new ManualClock(Date.now()), runner: false });
}

async function proposeOn(airdate: Airdate, more: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', { ...ORDER, ...more });
  return posts[0]?.postId ?? '';
}

const tokenOf = (airdate: Airdate, ...words: string[]) =>
  runAirdate(['token', ...words], { AIRDATE_HOME: airdate.home });
const approve = (airdate: Airdate, ...words: string[]) =>
  runAirdate(['approve', ...words], { AIRDATE_HOME: airdate.home });

test('a draft is shown with who made it, and with its tenant where that is not the owner of the machine', async () => {
  await using shop = await openTenant('shop');
  await proposeOn(shop);
  shop.clock.advance(1_000);
  await using own = await openAirdate({ home: shop.home, level: 'draft', clock: shop.clock, runner: false });
  await proposeOn(own, { accountIds: ['local:youtube'] });
  const { stdout } = await approve(shop);
  expect(stdout).toMatch(
    /^local:draft-\w+\n {2}Tenant: shop\n {2}By: "test-client" with shop-agent\n {2}When: now\n/,
  );
  expect(stdout).toMatch(/\nlocal:draft-\w+\n {2}By: "test-client"\n {2}When: now\n/);
  expect(JSON.parse((await approve(shop, '--json')).stdout)).toMatchObject([
    { tenant: 'shop', client: 'test-client', token: 'shop-agent', caption: ORDER.caption },
    { tenant: 'own', client: 'test-client', caption: ORDER.caption },
  ]);
});

test('a draft on an account that another tenant has by now is not sent, and it is said whose it is', async () => {
  await using shop = await openTenant('shop');
  const accounts = ['--accounts', 'local:tiktok'];
  await tokenOf(shop, 'create', 'shop-agent', '--tenant', 'shop', ...accounts);
  const postId = await proposeOn(shop, { accountIds: ['local:tiktok'] });
  await tokenOf(shop, 'revoke', 'shop-agent');
  await tokenOf(shop, 'create', 'acme-agent', '--tenant', 'acme', ...accounts);

  const refused = await approve(shop, postId);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toBe(
    'airdate: local:tiktok belongs to the tenant acme by now; the draft is of the tenant shop. Nothing was sent.\n' +
      'A draft of acme can use the account. To send this one, first revoke the tokens of acme that name it: airdate token list shows them.\n',
  );
  expect((await shop.call('list_posts', { status: 'draft' })).posts).toHaveLength(1);

  await tokenOf(shop, 'revoke', 'acme-agent');
  expect(await approve(shop, postId)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('local:tiktok'),
  });
});

test('so it is with a draft of the owner of the machine', async () => {
  await using own = await openAirdate({ level: 'draft', clock: new ManualClock(Date.now()), runner: false });
  const postId = await proposeOn(own, { accountIds: ['local:youtube', 'local:tiktok'] });
  await tokenOf(own, 'create', 'acme-agent', '--tenant', 'acme', '--accounts', 'local:tiktok');
  const refused = await approve(own, postId);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('belongs to the tenant acme') });
});

test('a draft whose accounts have stayed with its tenant goes out', async () => {
  await using shop = await openTenant('shop');
  await tokenOf(shop, 'create', 'shop-agent', '--tenant', 'shop', '--accounts', 'local:tiktok');
  const approved = await approve(shop, await proposeOn(shop));
  expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining('please look at this') });
});
