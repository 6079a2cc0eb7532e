/** Clients of the SDK that come by their token themselves. */
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { expect, test } from 'vitest';
import { Issuer } from '../../access/issuer.ts';
import { openDoor } from '../../access/open.ts';
import { EmulatorServer } from '../../emulators/emulator.ts';
import { openClient } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { openHttpAirdate } from '../../support/http.ts';
import { openUse } from '../../support/using.ts';

const use = openUse();

/** Airdate with an authorization server that gives a token for whatever resource it is asked for. */
async function openGuarded(audienceAt: (origin: string) => string): Promise<{
  readonly url: string;
  readonly authProvider: ClientCredentialsProvider;
}> {
  const clock = new ManualClock();
  const issuer = use(await Issuer.open(clock));
  const login: EmulatorServer = use(
    new EmulatorServer(async ({ path, bytes }) => {
      if (path !== '/token') {
        const endpoints = {
          authorization_endpoint: `${login.url}/authorize`,
          token_endpoint: `${login.url}/token`,
        };
        return { status: 200, body: { issuer: login.url, ...endpoints, response_types_supported: ['code'] } };
      }
      const aud = new URLSearchParams(bytes.toString()).get('resource');
      const token = await issuer.sign({ iss: login.url, aud });
      return { status: 200, body: { access_token: token, token_type: 'Bearer' } };
    }),
  );
  await login.listen();
  const spare = await new EmulatorServer(() => ({ status: 404 })).listen();
  await spare.stop();
  const oauth = { ...issuer.settings, issuer: login.url, audience: audienceAt(spare.url) };
  const { access } = use(await openDoor({ clock, oauth }));
  const { http } = use(await openHttpAirdate({ clock, access, port: Number(new URL(spare.url).port) }));
  const credentials = { clientId: 'me', clientSecret: 'secret', expectedIssuer: login.url };
  return { url: http.url, authProvider: new ClientCredentialsProvider(credentials) };
}

const BY_PATH = {
  '/mcp': StreamableHTTPClientTransport,
  '/sse': SSEClientTransport,
};

async function toolsAt(path: keyof typeof BY_PATH, audienceAt: (origin: string) => string): Promise<number> {
  const { url, authProvider } = await openGuarded(audienceAt);
  const client = openClient();
  await client.connect(new BY_PATH[path](new URL(path, url), { authProvider }) as Transport);
  const { tools } = await client.listTools();
  await client.close();
  return tools.length;
}

test.each(['/mcp', '/sse'] as const)('at %s with the bare origin for an audience', async (path) => {
  expect(await toolsAt(path, (origin) => origin)).toBeGreaterThan(5);
});

test('at /mcp with its address for an audience', async () => {
  expect(await toolsAt('/mcp', (origin) => `${origin}/mcp`)).toBeGreaterThan(5);
});
