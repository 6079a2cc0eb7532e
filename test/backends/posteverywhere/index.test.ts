import { describe, expect, it } from 'vitest';
import { posteverywhere } from '../../../src/backends/posteverywhere/index.ts';
import { VERBS } from '../../../src/domain/capabilities.ts';
import { PlatformOptions } from '../../../src/domain/platform-options.ts';
import { ManualClock } from '../../support/clock.ts';

describe('the definition', () => {
  it('is off without a key', async () => {
    expect(await posteverywhere.open({}, { clock: new ManualClock() })).toBeUndefined();
  });

  it('is on with a key alone', async () => {
    await using backend = await posteverywhere.open(
      { POSTEVERYWHERE_API_KEY: 'pe_live_x' },
      { clock: new ManualClock() },
    );
    expect(backend).toMatchObject({ name: 'posteverywhere', capabilities: posteverywhere.capabilities });
  });

  it('names its settings', () => {
    expect(posteverywhere.settings).toMatchObject({
      POSTEVERYWHERE_API_KEY: { kind: 'key' },
      POSTEVERYWHERE_BASE_URL: { kind: 'url', fallback: 'https://app.posteverywhere.ai/api/v1' },
    });
  });

  it('says for every tool whether it can', () => {
    expect(Object.keys(posteverywhere.capabilities.tools).sort()).toEqual([...VERBS].sort());
  });

  it('carries options that there are', () => {
    for (const [platform, options] of Object.entries(posteverywhere.capabilities.options)) {
      const known = Object.keys(PlatformOptions.shape[platform as keyof PlatformOptions].unwrap().shape);
      expect(known).toEqual(expect.arrayContaining([...options]));
    }
  });
});
