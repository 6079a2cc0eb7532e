export const POST_STATUSES = [
  'draft',
  'scheduled',
  'processing',
  'published',
  'partial',
  'failed',
  'unconfirmed',
  'missed',
  'cancelled',
] as const;
export type PostStatus = (typeof POST_STATUSES)[number];
export type TargetStatus = Exclude<PostStatus, 'partial'>;

/**
 * The steps that a target may take; whatever is not here never happens. A draft is in the app of its platform, where a person
 * does with it what they like.
 */
export const STEPS: Record<TargetStatus, readonly TargetStatus[]> = {
  draft: [],
  scheduled: ['processing', 'missed', 'unconfirmed', 'cancelled'],
  processing: ['published', 'failed', 'unconfirmed', 'missed', 'scheduled', 'draft'],
  published: [],
  failed: ['scheduled', 'processing'],
  unconfirmed: ['published', 'failed', 'scheduled'],
  missed: ['scheduled', 'cancelled'],
  cancelled: [],
};

export function mayStep(from: TargetStatus, to: TargetStatus): boolean {
  return STEPS[from].includes(to);
}

/** The statuses from which a target may take a step to this one. */
export function statusesBefore(to: TargetStatus): TargetStatus[] {
  return POST_STATUSES.filter((from): from is TargetStatus => from !== 'partial' && mayStep(from, to));
}

/** Posts that an agent may still edit or cancel. */
export function isEditable(status: PostStatus): boolean {
  return status === 'scheduled' || status === 'draft' || status === 'missed';
}

/** What a post is, given what became of it on each of its accounts. */
export function statusOf(targets: readonly TargetStatus[]): PostStatus {
  const has = (status: TargetStatus) => targets.includes(status);
  const [first] = targets;
  if (first === undefined) return 'scheduled';
  if (targets.every((status) => status === first)) return first;
  if (has('processing')) return 'processing';
  if (has('scheduled'))
    return has('published') || has('failed') || has('unconfirmed') ? 'processing' : 'scheduled';
  if (has('unconfirmed')) return 'unconfirmed';
  if (has('published')) return 'partial';
  if (has('failed')) return 'failed';
  return has('missed') ? 'missed' : 'draft';
}
