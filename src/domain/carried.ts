import type { Account } from './account.ts';
import type { Backend } from './backend.ts';
import type { Platform } from './platform.ts';
import { givenOptions, type OptionPlatform, type PlatformOptions } from './platform-options.ts';
import type { Warning } from './post.ts';

type Able = Pick<Backend, 'name' | 'capabilities'>;

/** Names the accounts that get a post without its sound. */
export function soundWarnings(backend: Able, accounts: readonly Account[]): Warning[] {
  const deaf = accounts.filter(({ platform }) => !backend.capabilities.soundPlatforms.includes(platform));
  if (deaf.length === 0) return [];
  const platforms = [...new Set(deaf.map(({ platform }) => platform))].join(', ');
  const message = `${backend.name} attaches no sound on ${platforms}; the post goes out there with its own audio.`;
  return [{ code: 'sound_ignored', message, accountIds: deaf.map(({ id }) => id) }];
}

/** Names every option that will not reach its platform. */
export function optionWarnings(
  backend: Able,
  options: PlatformOptions,
  platforms: readonly Platform[],
): Warning[] {
  const carried = (platform: OptionPlatform, option: string) =>
    backend.capabilities.options[platform]?.includes(option) ?? false;
  const lost = givenOptions(options)
    .filter(([platform, option]) => platforms.includes(platform) && !carried(platform, option))
    .map(([platform, option]) => `${platform}.${option}`);
  if (lost.length === 0) return [];
  const message = `${backend.name} cannot carry ${lost.join(', ')}; the post goes out without.`;
  return [{ code: 'option_ignored', message }];
}

/** Names options for platforms on which nothing is posted. */
export function unusedOptionWarnings(options: PlatformOptions, platforms: readonly Platform[]) {
  return Object.keys(options)
    .filter((platform) => !platforms.some((one) => one === platform))
    .map((platform) => ({
      code: 'option_unused',
      message: `platformOptions.${platform} has no effect: none of the accounts is on ${platform}.`,
    }));
}
