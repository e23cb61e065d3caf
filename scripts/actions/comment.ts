/** Calls the GitHub API and gives what it answers; throws for anything but success. */
export type Call = (method: string, path: string, content?: object) => Promise<unknown>;

/** What is said on which pull request. The first line of `body` is the marker by which a later run finds the comment again. */
export type CommentInput = { readonly issues: string; readonly pullRequest: string; readonly body: string };

type Comment = { readonly id: number; readonly body?: string; readonly user?: { readonly login?: string } | null };

const AUTHOR = 'github-actions[bot]';
const PAGE_SIZE = 100;

/** Makes the comment, or brings the one with the same marker up to date; a comment of anybody else is never touched. */
export async function keepComment(input: CommentInput, call: Call): Promise<'created' | 'updated' | 'unchanged'> {
  const { issues, pullRequest, body } = input;
  const marker = body.split('\n', 1)[0] ?? '';
  if (!/^<!-- .+ -->$/.test(marker)) throw new Error('a comment begins with its marker');
  const existing = await findComment(`${issues}/${pullRequest}/comments`, marker, call);
  if (existing?.body?.trim() === body.trim()) return 'unchanged';
  if (existing === undefined) await call('POST', `${issues}/${pullRequest}/comments`, { body });
  else await call('PATCH', `${issues}/comments/${existing.id}`, { body });
  return existing === undefined ? 'created' : 'updated';
}

async function findComment(path: string, marker: string, call: Call): Promise<Comment | undefined> {
  for (let page = 1; ; page += 1) {
    // The shape is GitHub's: https://docs.github.com/rest/issues/comments
    const comments = (await call('GET', `${path}?per_page=${PAGE_SIZE}&page=${page}`)) as readonly Comment[];
    const own = comments.find(({ body, user }) => user?.login === AUTHOR && body?.startsWith(`${marker}\n`) === true);
    if (own !== undefined || comments.length < PAGE_SIZE) return own;
  }
}
