/** Incoming calls that wait for the word of an application. */
export interface IncomingCallSource {
  /** @param requestId of a repeatable request: the same one again has the same outcome. `notFound`: the context is none of ours, was used, or its call is over. */
  redirect(context: string, target: { readonly kind: 'user'; readonly identifier: string } | { readonly kind: 'number'; readonly number: string }, requestId?: string): 'done' | 'notFound';
  reject(context: string, reason: 'none' | 'busy' | 'forbidden', requestId?: string): 'done' | 'notFound';
}
