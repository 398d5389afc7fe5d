import { ANSWER_MARK, answerText } from '../core/access/request/answer.ts';
import { NOTHING } from '../core/access/request/decision.ts';
import { noticeMark, noticeText, noticesOf } from '../core/access/request/notices.ts';
import type { Notice } from '../core/access/request/notices.ts';
import type { Platform } from '../core/model/types.ts';
import type { RequestDesk } from '../ports/requests.ts';

/** Tells people in their issues that access ends soon, and closes the issues of those whose access has ended. */
export async function tellEnds(
  platform: Platform,
  desk: RequestDesk,
  now: number,
): Promise<Record<Notice['kind'], number>> {
  const told = { soon: 0, ended: 0 };
  for (const notice of noticesOf(platform, now)) {
    const issue = await desk.issue(notice.issue);
    // A number may be mistyped: an issue of somebody else is not closed for it.
    if (!issue?.isOpen || issue.isPull || !notice.authors.includes(issue.author.id)) continue;
    await tell(notice, desk);
    told[notice.kind] += 1;
  }
  return told;
}

async function tell(notice: Notice, desk: RequestDesk): Promise<void> {
  switch (notice.kind) {
    case 'soon':
      await desk.keepAnswer(notice.issue, noticeMark(notice), noticeText(notice));
      return;
    case 'ended': {
      const text = answerText(NOTHING, 'expired', { page: undefined });
      await desk.keepAnswer(notice.issue, ANSWER_MARK, text);
      await desk.end(notice.issue);
    }
  }
}
