import { afterEach } from 'vitest';

/** Keeps things until the test is over, and ends them then, the last first. */
export function openUse(): <Thing extends AsyncDisposable>(thing: Thing) => Thing {
  const stack: AsyncDisposable[] = [];
  afterEach(async () => {
    for (const one of stack.splice(0).reverse()) await one[Symbol.asyncDispose]();
  });
  return (thing) => {
    stack.push(thing);
    return thing;
  };
}
