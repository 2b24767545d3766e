import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * What the console may do: load from this server only, show nothing inside other pages, and use camera, microphone and screen.
 * Styles may be inline because its component library writes them at run time; scripts may not.
 */
const pagePolicy = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob:", "font-src 'self' data:",
  "media-src 'self' blob: mediastream:", "connect-src 'self'", "worker-src 'self' blob:", "manifest-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');
/** What an answer of the API may do when somebody opens it as a page: nothing. */
const answerPolicy = "default-src 'none'; frame-ancestors 'none'";
const pagePermissions = 'camera=(self), microphone=(self), display-capture=(self), autoplay=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()';
const oneYearSeconds = 31_536_000;

/**
 * Puts security headers on every answer, pages and API alike.
 *
 * @param isTrusted Whether browsers trust the certificate by themselves. Only then is `Strict-Transport-Security` sent (RFC 6797
 *   §7.2): with a development certificate it would lock people out who have yet to trust the CA.
 */
export function addSecurityHeaders(app: FastifyInstance, isTrusted: () => boolean): void {
  app.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer').header('content-security-policy', answerPolicy);
    if (request.protocol === 'https' && isTrusted()) reply.header('strict-transport-security', `max-age=${oneYearSeconds}`);
  });
}

/** The stricter and longer set for pages of the console. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': pagePolicy,
  'permissions-policy': pagePermissions,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};
