import type { Account } from '../../domain/account.ts';
import type { Backend, PostEdit } from '../../domain/backend.ts';
import { optionWarnings } from '../../domain/carried.ts';
import type { Content } from '../../domain/content.ts';
import { Failure } from '../../domain/failure.ts';
import type { Platform } from '../../domain/platform.ts';
import type { PlatformOptions } from '../../domain/platform-options.ts';
import type { Warning } from '../../domain/post.ts';
import type { LocalAccount } from './settings.ts';
import type { StoredPost } from './wire.ts';

/** What of a post is asked for; in an edit, no more than what was named. */
interface Asked {
  readonly accounts: readonly Pick<Account, 'id' | 'platform'>[];
  readonly content?: Pick<Content, 'kind'>;
  readonly options?: PlatformOptions;
  readonly soundId?: string;
}

export function askedInEdit({ content, options, soundId }: PostEdit, { targets }: StoredPost): Asked {
  const [first] = content ?? [];
  return {
    accounts: targets.map(({ account_id, platform }) => ({ id: account_id, platform: platform as Platform })),
    ...(first && { content: first }),
    ...(options && { options }),
    ...(typeof soundId === 'string' && { soundId }),
  };
}

/** What will not reach the platform through the vendors that publish for local accounts. Throws where nothing would. */
export function relayWarnings(
  { accounts, content, options = {}, soundId }: Asked,
  configured: readonly LocalAccount[],
  vendors: readonly Backend[],
): Warning[] {
  return accounts.flatMap(({ id, platform }) => {
    const relay = configured.find((account) => account.id === id)?.relay;
    const vendor = vendors.find(({ name }) => name === relay?.backend);
    if (!vendor) return [];
    if (content && !vendor.capabilities.content.includes(content.kind))
      throw cannotTake(id, vendor, content.kind);
    const sound = {
      code: 'sound_ignored',
      message: `${vendor.name} publishes for ${id} without the sound.`,
      accountIds: [id],
    };
    return [
      ...(soundId === undefined ? [] : [sound]),
      ...optionWarnings(vendor, options, [platform]).map((warning) => ({ ...warning, accountIds: [id] })),
    ];
  });
}

function cannotTake(accountId: string, { name, capabilities }: Backend, kind: string): Failure {
  return new Failure(
    'unsupported',
    `${accountId} publishes through ${name}, which cannot take a video by ${kind}.`,
    {
      field: 'contentUrl',
      hint: `${name} takes: ${capabilities.content.join(', ')}.`,
    },
  );
}
