import { statSync } from 'node:fs';
import { delimiter, isAbsolute } from 'node:path';

interface Surroundings {
  readonly userHome: string;
  readonly problems: string[];
}

export function expand(path: string, userHome: string): string {
  return path.replace(/^(~|\$\{HOME\}|\$HOME)(?=$|[/\\])/, () => userHome);
}

export function readFolder(
  name: string,
  value: string | undefined,
  { userHome, problems }: Surroundings,
): string | undefined {
  if (value === undefined) return undefined;
  const path = expand(value, userHome);
  if (!isAbsolute(path)) problems.push(`${name} must be an absolute path`);
  return path;
}

/** The folders of local videos; what was separated by something else would be one folder that is not there. */
export function readRoots(
  value: string | undefined,
  { userHome, problems }: Surroundings,
): string[] | undefined {
  if (value === undefined) return undefined;
  const roots = foldersOf(value, delimiter, userHome);
  if (roots.some((root) => isSeveral(root, userHome))) {
    problems.push(
      'AIRDATE_MEDIA_ROOTS: folders are separated by ":" (on Windows by ";"); the whole text is taken for one folder',
    );
  } else if (!roots.every((root) => isAbsolute(root))) {
    problems.push('AIRDATE_MEDIA_ROOTS must hold absolute paths only');
  }
  return roots;
}

function isSeveral(root: string, userHome: string): boolean {
  return (
    !isFolder(root) &&
    [',', ';'].some((separator) => {
      const parts = foldersOf(root, separator, userHome);
      return parts.length > 1 && parts.some(isFolder);
    })
  );
}

function foldersOf(value: string, separator: string, userHome: string): string[] {
  return value
    .split(separator)
    .map((root) => root.trim())
    .filter(Boolean)
    .map((root) => expand(root, userHome));
}

export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
