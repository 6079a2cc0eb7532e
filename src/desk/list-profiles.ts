import { toMoment } from '../domain/air-time.ts';
import type { Backend } from '../domain/backend.ts';
import type { Call } from '../domain/call.ts';
import type { Capabilities } from '../domain/capabilities.ts';
import { Failure } from '../domain/failure.ts';
import { type BackendName, toHandle } from '../domain/handle.ts';
import type { Platform } from '../domain/platform.ts';
import { toFailureAnswer } from './answers.ts';
import { backendNamed, type Desk } from './desk.ts';

interface Wanted {
  readonly backend?: BackendName | undefined;
  readonly platform?: Platform | undefined;
  readonly refresh?: boolean | undefined;
}

/** Profiles and accounts of every backend. One that cannot be reached hides none of the others. */
export async function listProfiles(desk: Desk, { backend, platform, refresh = false }: Wanted, call: Call) {
  const asked = backend ? [backendNamed(desk, backend, 'backend')] : [...desk.backends.values()];
  const read = await Promise.all(asked.map((one) => readProfiles(desk, one, { platform, refresh, call })));
  return {
    now: toMoment(desk.clock.now(), desk.timezone),
    timezone: desk.timezone,
    profiles: read.flatMap(({ profiles }) => profiles),
    backends: read.map(({ about }) => about),
    unavailable: read.flatMap(({ error, about }) => (error ? [{ backend: about.name, error }] : [])),
  };
}

interface Reading {
  readonly platform: Platform | undefined;
  readonly refresh: boolean;
  readonly call: Call;
}

async function readProfiles(desk: Desk, backend: Backend, { platform, refresh, call }: Reading) {
  const about = {
    name: backend.name,
    ...(backend.simulated && { simulated: true }),
    can: inWords(backend.capabilities),
  };
  try {
    const profiles = await desk.directory.profiles(backend, call, { refresh });
    return {
      profiles: profiles.map((profile) => toAnswer(backend.name, profile, platform)),
      about: { ...about, ready: true },
    };
  } catch (thrown) {
    const problem = Failure.from(thrown).message;
    return {
      profiles: [],
      about: { ...about, ready: false, problem },
      error: toFailureAnswer(desk, thrown, backend.name),
    };
  }
}

type Profiles = Awaited<ReturnType<Backend['profiles']>>;

function toAnswer(
  backend: BackendName,
  { id, name, accounts }: Profiles[number],
  platform: Platform | undefined,
) {
  return {
    profileId: toHandle(backend, id),
    name,
    backend,
    accounts: accounts
      .filter((account) => platform === undefined || account.platform === platform)
      .map((account) => ({
        accountId: toHandle(backend, account.id),
        platform: account.platform,
        username: account.username,
        state: account.state,
        ...(account.detail !== undefined && { detail: account.detail }),
      })),
  };
}

/** A backend's abilities in the few words that an agent chooses by. */
function inWords({ tools, content, editable, soundPlatforms, timePrecision, maxDaysAhead }: Capabilities) {
  const cannot = Object.entries(tools).filter(([, able]) => able !== true);
  return {
    content,
    edit: editable,
    ...(soundPlatforms.length > 0 && { soundsOn: soundPlatforms }),
    timePrecision,
    ...(maxDaysAhead !== undefined && { maxDaysAhead }),
    ...(cannot.length > 0 && { cannot: cannot.map(([tool]) => tool) }),
  };
}
