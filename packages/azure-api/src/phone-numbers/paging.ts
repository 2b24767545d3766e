import type { FastifyRequest } from 'fastify';

const mostOnPage = 1000;
const presetOnPage = 100;

/** A page of a list as Azure's clients ask for it, with the link to the next one (relative). @param sizeName of the parameter that limits it. */
export function pageOf<Item>(items: readonly Item[], request: FastifyRequest, sizeName: 'top' | 'maxPageSize'): { readonly page: readonly Item[]; readonly nextLink: { readonly nextLink?: string } } {
  const query = request.query as Readonly<Record<string, string | undefined>>;
  const skip = count(query['skip'], 0);
  const size = Math.min(Math.max(1, count(query[sizeName], presetOnPage)), mostOnPage);
  const page = items.slice(skip, skip + size);
  if (skip + size >= items.length) return { page, nextLink: {} };
  const next = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  next.set('skip', String(skip + size));
  next.set(sizeName, String(size));
  return { page, nextLink: { nextLink: `${request.url.split('?')[0]}?${next}` } };
}

function count(text: string | undefined, preset: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : preset;
}
