import { accessSync, constants, existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.ts';
import { isFolder } from '../config/folders.ts';

export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** The data directory: whether it can be used, or made where it is not there yet. */
export function examineHome(home: string, isWindows: boolean): Finding {
  const check = 'data directory';
  if (!existsSync(home)) return { check, ...examineAbsent(home) };
  if (!mayWrite(home)) return { check, ok: false, detail: `${home} cannot be read and written by this user` };
  const stats = statSync(home);
  if (!stats.isDirectory()) return { check, ok: false, detail: `${home} is not a directory` };
  const open = (stats.mode & 0o077) !== 0 && !isWindows;
  return { check, ok: true, detail: open ? `${home} (others can list it; chmod 700 keeps it yours)` : home };
}

function examineAbsent(home: string): Omit<Finding, 'check'> {
  let nearest = dirname(home);
  while (!existsSync(nearest) && nearest !== dirname(nearest)) nearest = dirname(nearest);
  if (!isFolder(nearest)) {
    return { ok: false, detail: `${home} cannot be made: ${nearest} is not a directory` };
  }
  if (!mayWrite(nearest))
    return { ok: false, detail: `${home} cannot be made: this user may not write in ${nearest}` };
  return takesFolders(nearest)
    ? { ok: true, detail: `${home} (made at the first start)` }
    : { ok: false, detail: `${home} cannot be made: ${nearest} takes no folders` };
}

/** Tried, since whoever may write everywhere may not do so in /proc. */
function takesFolders(folder: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(folder, '.airdate-')));
    return true;
  } catch {
    return false;
  }
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where simulated posts go; where no account publishes there, it may be anything. */
export function examineOutbox({
  outboxFolder,
  accounts,
}: Pick<Config, 'outboxFolder' | 'accounts'>): Finding[] {
  const check = 'outbox';
  const isUsed =
    accounts.length === 0 || accounts.some(({ publisher, relay }) => !relay && publisher === 'outbox');
  if (!isUsed) return [];
  if (!existsSync(outboxFolder)) return [{ check, ...examineAbsent(outboxFolder) }];
  const ok = isFolder(outboxFolder) && mayWrite(outboxFolder);
  const detail = ok ? outboxFolder : `${outboxFolder} is not a folder in which this user may write`;
  return [{ check, ok, detail }];
}

/** The folders of local videos. Those that were named are expected to be there. */
export function examineMediaRoots({ mediaRoots, home }: Pick<Config, 'mediaRoots' | 'home'>): Finding {
  const check = 'media folders';
  const byDefault = join(home, 'media');
  if (mediaRoots.length === 1 && mediaRoots[0] === byDefault) {
    const later = isFolder(byDefault) ? '' : ' (not there yet; make it for local videos)';
    return { check, ok: true, detail: `${byDefault}${later}` };
  }
  const told = mediaRoots.map((root) => (isFolder(root) ? root : `${root} (there is no such folder)`));
  const ok = mediaRoots.some(isFolder);
  return { check, ok, detail: `${told.join(', ')}${ok ? '' : '; every local video will be refused'}` };
}
