import { createHmac } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import type { OAuthSettings } from '../../src/access/oauth.ts';
import { EmulatorServer } from '../emulators/emulator.ts';
import type { ManualClock } from '../support/clock.ts';

export const AUDIENCE = 'https://airdate.example.com/mcp';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An authorization server on loopback: it publishes its keys and signs what a test wants signed. */
export class Issuer implements AsyncDisposable {
  readonly server: EmulatorServer;
  readonly #clock: ManualClock;
  #pair: Pair | undefined;
  #jwk: JWK = {};
  #turn = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
    this.server = new EmulatorServer(() => ({ status: 200, body: { keys: [this.#jwk] } }), clock);
  }

  static async open(clock: ManualClock, algorithm = 'ES256'): Promise<Issuer> {
    const issuer = new Issuer(clock);
    await issuer.server.listen();
    await issuer.rotate(algorithm);
    return issuer;
  }

  get url(): string {
    return this.server.url;
  }

  get settings(): OAuthSettings {
    return {
      issuer: this.url,
      audience: AUDIENCE,
      jwksUrl: `${this.url}/.well-known/jwks.json`,
      tenantClaim: 'tenant',
    };
  }

  /** A new key in the place of the old one. */
  async rotate(algorithm = 'ES256'): Promise<void> {
    this.#pair = await generateKeyPair(algorithm, { extractable: true });
    const jwk = await exportJWK(this.#pair.publicKey);
    this.#jwk = { ...jwk, kid: `key-${++this.#turn}`, alg: algorithm, use: 'sig' };
  }

  /** Publishes a secret as if it were a key. */
  publish(secret: string): void {
    const k = Buffer.from(secret).toString('base64url');
    this.#jwk = { kty: 'oct', k, kid: `key-${++this.#turn}`, alg: 'HS256', use: 'sig' };
  }

  get publicKey(): JWK {
    return this.#jwk;
  }

  /** The claims of a token that holds, with what a test changes; `undefined` leaves a claim out. */
  claims(changes: Record<string, unknown> = {}): JWTPayload {
    const now = Math.floor(this.#clock.now() / 1_000);
    const claims: Record<string, unknown> = {
      iss: this.url,
      aud: AUDIENCE,
      sub: 'ada',
      iat: now,
      exp: now + 3_600,
      scope: 'openid airdate:full',
      ...changes,
    };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }

  sign(
    changes?: Record<string, unknown>,
    key: Pick<Pair, 'privateKey'> | undefined = this.#pair,
  ): Promise<string> {
    if (!key) throw new Error('the issuer has no key yet');
    return new SignJWT(this.claims(changes))
      .setProtectedHeader({ alg: this.#jwk.alg ?? '', kid: this.#jwk.kid ?? '' })
      .sign(key.privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

/** A token that no library would make. */
export function forge(header: object, payload: object, secret?: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(payload)}`;
  const signature = secret === undefined ? '' : createHmac('sha256', secret).update(text).digest('base64url');
  return `${text}.${signature}`;
}
