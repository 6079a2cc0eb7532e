import { describe, expect, it } from 'vitest';
import { infinipost } from '../../../src/backends/infinipost/index.ts';
import { ManualClock } from '../../support/clock.ts';
import { failureOf, isCreate, openSetting, orderOf } from './setting.ts';

const WRONG_KEY = 'sk_live_wrong_9f3b71c2';

describe('the key', () => {
  it('turns the backend on', async () => {
    const clock = new ManualClock();
    expect(await infinipost.open({}, { clock })).toBeUndefined();
    const backend = await infinipost.open({ INFINIPOST_API_KEY: 'sk_live_1' }, { clock });
    expect(backend?.name).toBe('infinipost');
  });

  it.each([
    ['endpoints', 'unauthenticated'],
    ['authentication', 'invalid_api_key'],
  ] as const)(
    'that is wrong is told in the words of the %s pages, and never shown',
    async (authErrors, code) => {
      await using setting = await openSetting({ authErrors, key: WRONG_KEY });
      const failure = await failureOf(setting.backend.profiles(setting.call));
      expect(failure.toAnswer()).toMatchObject({
        code: 'unauthenticated',
        retryable: false,
        upstream: { status: 401, code },
        hint: expect.stringContaining('INFINIPOST_API_KEY'),
      });
      expect(JSON.stringify(failure.toAnswer())).not.toContain(WRONG_KEY);
      expect(setting.calls()).toHaveLength(1);
    },
  );

  it('that is wrong is told by its code and by its status, each alone', async () => {
    await using setting = await openSetting();
    for (const fault of [
      { status: 401, body: { error: { code: 'expired', message: 'old' } } },
      { status: 403, body: { error: { code: 'unauthorized', message: 'none' } } },
    ]) {
      setting.emulator.server.fail({ kind: 'status', ...fault });
      expect((await failureOf(setting.backend.profiles(setting.call))).code).toBe('unauthenticated');
    }
  });

  it('is shown in no failure and in no plan, even when the vendor repeats it', async () => {
    await using setting = await openSetting();
    const { apiKey } = setting.emulator;
    const body = { error: { code: `no_${apiKey}`, message: `The key ${apiKey} may not do that` } };
    setting.emulator.server.fail({ kind: 'status', status: 403, body }, isCreate);
    const failure = await failureOf(setting.backend.createVideoPost(orderOf(), setting.call));
    expect(JSON.stringify(failure.toAnswer())).not.toContain(apiKey);
    const plan = await setting.backend.planVideoPost(orderOf({ caption: `my ${apiKey}` }), setting.call);
    expect(JSON.stringify(plan)).not.toContain(apiKey);
    const [request] = setting.emulator.server.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${apiKey}`);
  });
});

describe('what the vendor cannot do', () => {
  it('is to try a failed post again', async () => {
    await using setting = await openSetting();
    const failure = await failureOf(setting.backend.retryPost('post_1', undefined, setting.call));
    expect(failure.code).toBe('unsupported');
    expect(failure.message).toContain('the vendor has no retry');
    expect(setting.calls()).toEqual([]);
    expect(infinipost.capabilities.tools.retry_post).toContain('the vendor has no retry');
  });
});
