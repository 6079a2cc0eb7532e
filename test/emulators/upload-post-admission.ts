import type { UploadForm } from './upload-post-form.ts';
import { dailyCapViolation, notConfigured } from './upload-post-outcome.ts';
import { Refusal } from './upload-post-refusal.ts';
import type { UploadPostState } from './upload-post-state.ts';

/** What the vendor refuses because of the plan, the profile, its accounts or what was used up. */
export function checkAdmission(state: UploadPostState, form: UploadForm, at: number): void {
  checkPlan(state, form);
  checkProfile(state, form);
  checkFacebookPage(state, form);
  checkAccounts(state, form);
  checkMonth(state);
  const violations = form.platforms
    .map((platform) => dailyCapViolation(state, { user: form.user, platform, at }))
    .filter((violation) => violation !== undefined);
  if (violations.length > 0) throw new Refusal(429, 'Post verification failed', { extra: { violations } });
}

export function usageOf({ usedThisMonth, limits, clock }: UploadPostState) {
  const now = new Date(clock.now());
  const reset = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  return { count: usedThisMonth, limit: limits.monthlyLimit, last_reset: reset.toISOString() };
}

function checkPlan({ limits }: UploadPostState, form: UploadForm): void {
  if (limits.plan === 'Free' && form.platforms.includes('tiktok')) {
    throw new Refusal(403, 'TikTok uploads are not available on the Free plan.');
  }
}

function checkProfile(state: UploadPostState, { user, platforms }: UploadForm): void {
  if (!state.profile(user)) {
    const { unknownUser } = state.switches;
    throw new Refusal(
      unknownUser,
      unknownUser === 404 ? 'User not found' : 'Username not associated with any profile',
    );
  }
  if (platforms.some((platform) => state.connected(user, platform))) return;
  const reasons = platforms.map((platform) => [platform, notConfigured(user, platform)]);
  throw new Refusal(400, `None of the requested platforms are valid for profile "${user}".`, {
    extra: { invalid_platforms: Object.fromEntries(reasons) },
  });
}

function checkFacebookPage(state: UploadPostState, form: UploadForm): void {
  const pages = state.connected(form.user, 'facebook')?.pages ?? [];
  if (!form.platforms.includes('facebook') || form.text('facebook_page_id') || pages.length < 2) return;
  throw new Refusal(400, 'Several Facebook pages are connected: facebook_page_id is required', {
    extra: { available_pages: pages.map((id) => ({ id, name: id })) },
  });
}

function checkAccounts(state: UploadPostState, form: UploadForm): void {
  const { reauthRequired } = state.switches;
  if (reauthRequired === 'row') return;
  for (const platform of form.platforms) {
    if (!state.connected(form.user, platform)?.reauthRequired) continue;
    throw new Refusal(reauthRequired, `Reconnect the ${platform} account of ${form.user}`, {
      extra: { error_code: 'account_reauth_required', reauth_required: true, failure_stage: 'precheck' },
    });
  }
}

function checkMonth(state: UploadPostState): void {
  const { monthlyLimit } = state.limits;
  if (monthlyLimit === null || state.usedThisMonth < monthlyLimit) return;
  const text =
    state.switches.monthlyLimitText === 'would-exceed'
      ? 'This upload would exceed your monthly limit.'
      : `You have reached your monthly limit of ${monthlyLimit} uploads`;
  throw new Refusal(429, text, { extra: { usage: usageOf(state) } });
}
