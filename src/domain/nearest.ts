/** The known value that is closest to what was typed, if any is close enough to be meant. */
export function nearest<T extends string>(typed: string, known: readonly T[]): T | undefined {
  const wanted = typed.toLowerCase();
  let best: { value: T; distance: number } | undefined;
  for (const value of known) {
    const allowed = Math.max(2, Math.floor(Math.max(value.length, typed.length) / 3));
    if (Math.abs(value.length - typed.length) > allowed) continue;
    const distance = editDistance(wanted, value.toLowerCase());
    if (distance <= allowed && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { value, distance };
    }
  }
  return best?.value;
}

/** Levenshtein's distance, one row at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
