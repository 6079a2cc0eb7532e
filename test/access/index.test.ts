import { expect, test } from 'vitest';
import { openAccess } from '../../src/access/index.ts';
import { revokeToken } from '../../src/access/tokens.ts';
import { ManualClock } from '../support/clock.ts';
import { Issuer } from './issuer.ts';
import { failureOf, openDoor } from './open.ts';

test('without a token and without OAuth everybody on this machine is its owner', async () => {
  await using door = await openDoor();
  expect(door.access.required).toBe(false);
  expect(door.access.metadata).toBeUndefined();
  expect(await door.access.identify(undefined)).toEqual({ tenant: 'own', level: 'full' });
  expect(await door.access.identify('Basic YTpi')).toEqual({ tenant: 'own', level: 'full' });
});

test('the owner may be held to a level', async () => {
  await using door = await openDoor();
  const access = await openAccess({ ...door, accessLevel: 'read' });
  expect(await access.identify(undefined)).toEqual({ tenant: 'own', level: 'read' });
});

test('a token that nobody made is refused even where none is needed', async () => {
  await using door = await openDoor();
  expect((await door.refuse(`airdate_${'A'.repeat(43)}`)).code).toBe('unauthenticated');
});

test('the first token closes the door to everybody else, while the server runs', async () => {
  await using door = await openDoor();
  await door.access.identify(undefined);
  const token = await door.create({ name: 'ada' });
  expect((await failureOf(door.access.identify(undefined))).code).toBe('unauthenticated');
  expect(door.access.required).toBe(true);
  expect(await door.enter(token)).toEqual({ token: 'ada', tenant: 'own', level: 'full' });
});

test('the door stays closed when the last token is revoked or has expired', async () => {
  await using door = await openDoor();
  await door.create({ name: 'ada' });
  await revokeToken('ada', door);
  await door.create({ name: 'bob', expires: '1h' });
  door.clock.advance(7_200_000);
  const access = await openAccess(door);
  expect(access.required).toBe(true);
  expect((await failureOf(access.identify(undefined))).code).toBe('unauthenticated');
});

test.each(['Bearer', 'bearer', 'BEARER '])('%s is the scheme', async (scheme) => {
  await using door = await openDoor();
  const token = await door.create({ name: 'ada' });
  expect(await door.access.identify(`${scheme} ${token}`)).toMatchObject({ token: 'ada' });
});

test('with OAuth a token is needed, and tokens of both kinds are accepted', async () => {
  const clock = new ManualClock();
  await using issuer = await Issuer.open(clock);
  await using door = await openDoor({ clock, oauth: issuer.settings });
  expect(door.access.required).toBe(true);
  expect(door.access.metadata).toEqual({
    authorizationServers: [issuer.url],
    scopes: ['airdate:read', 'airdate:draft', 'airdate:full'],
    resource: 'https://airdate.example.com/mcp',
  });
  expect((await failureOf(door.access.identify(undefined))).code).toBe('unauthenticated');
  expect(await door.enter(await door.create({ name: 'ada' }))).toMatchObject({ token: 'ada' });
  expect(await door.enter(await issuer.sign())).toMatchObject({ token: 'subject:ada' });
});

test('only who came from the authorization server can ask it for a scope', async () => {
  const clock = new ManualClock();
  await using issuer = await Issuer.open(clock);
  await using door = await openDoor({ clock, oauth: issuer.settings });
  const ofIssuer = await door.enter(await issuer.sign({ scope: 'airdate:read' }));
  expect(door.access.scopeFor(ofIssuer, 'draft')).toBe('airdate:draft');
  const own = await door.enter(await door.create({ name: 'ada', level: 'read' }));
  expect(door.access.scopeFor(own, 'draft')).toBeUndefined();
});
