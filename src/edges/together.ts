/**
 * Waits for all of them to end, then fails as the first that did: nothing goes on writing where a failure is being
 * cleared away.
 */
export async function together(work: Iterable<Promise<unknown>>): Promise<void> {
  const ends = await Promise.allSettled(work);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
