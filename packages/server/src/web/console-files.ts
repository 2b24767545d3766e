import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageHeaders } from './security-headers.ts';

export interface ConsoleFilesOptions {
  /** Where the built console is. */
  readonly directory: string;
  /** Answers what is no file of the console: the API's own 404. */
  readonly notFound: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

const notBuilt = 'The console is not built. Start the server with ./dialplane up, which builds it.\n';

/**
 * Serves the console. Its files carry a digest in their name and are kept by browsers, compressed where the build left a twin;
 * its page is asked for again each time.
 * A page of an unknown path is the console too, so that an address somebody bookmarked leads there; everything else that is
 * unknown is answered as the API does.
 */
export async function serveConsole(app: FastifyInstance, { directory, notFound }: ConsoleFilesOptions): Promise<void> {
  const page = join(directory, 'index.html');
  const isBuilt = existsSync(page);
  const html = isBuilt ? readFileSync(page, 'utf8') : undefined;
  const sendPage = (reply: FastifyReply): FastifyReply =>
    html === undefined
      ? reply.code(503).type('text/plain; charset=utf-8').send(notBuilt)
      : reply.headers(pageHeaders).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(html);

  app.get('/', async (_request, reply) => sendPage(reply));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: directory, index: false, wildcard: false, decorateReply: false, dotfiles: 'ignore', cacheControl: false,
      preCompressed: true, globIgnore: ['**/index.html', '**/.*', '**/*.{br,gz}'],
      setHeaders: (reply, path) => reply.setHeader('cache-control', path.startsWith(join(directory, 'assets')) ? 'public, max-age=31536000, immutable' : 'no-cache'),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !/^\/(?:v\d+|identities|control|sdk|\.well-known)(?:\/|$)/.test(request.url);
    return wantsPage ? sendPage(reply) : notFound(request, reply);
  });
}
