/** What a person can do where nobody can tell whether a post is there. */
export const WAY_OUT =
  'Look at the account itself. If the post is not there, create it again with a new idempotencyKey; should the first one turn up later after all, it is there twice.';
