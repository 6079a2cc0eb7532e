/** The known value that is closest to what was typed, if any is close enough to be meant; else the one that it begins. */
export function nearest<T extends string>(typed: string, known: readonly T[]): T | undefined {
  return closest(typed, known, Number.POSITIVE_INFINITY) ?? begun(typed, known);
}

/** The end of a sentence that says what is wrong: what was meant, or how it ends where nobody can tell. */
export function didYouMean(close: string | undefined, otherwise = ''): string {
  return close === undefined ? otherwise : `; did you mean ${close}?`;
}

/** The known value that was meant, if what was typed differs from one by no more than a few slips. */
export function misspelt<T extends string>(typed: string, known: readonly T[], slips: number): T | undefined {
  return closest(typed, known, slips);
}

function closest<T extends string>(typed: string, known: readonly T[], slips: number): T | undefined {
  const wanted = typed.toLowerCase();
  let best: { value: T; distance: number } | undefined;
  for (const value of known) {
    const longer = Math.max(value.length, typed.length);
    // Of two that have no character in common neither is meant by the other.
    const allowed = Math.min(Math.max(1, Math.floor(longer / 3)), longer - 1, slips);
    if (Math.abs(value.length - typed.length) > allowed) continue;
    const distance = editDistance(wanted, value.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { value, distance };
    }
  }
  return best?.value;
}

/** The one value of which more than half was typed. */
function begun<T extends string>(typed: string, known: readonly T[]): T | undefined {
  const start = typed.toLowerCase();
  const [only, other] = known.filter((value) => value.toLowerCase().startsWith(start));
  return only !== undefined && other === undefined && typed.length * 2 > only.length ? only : undefined;
}

/** Levenshtein's distance, one row at a time, in which two neighbours that changed places are one slip. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : substitution;
      next.push(Math.min(substitution, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}
