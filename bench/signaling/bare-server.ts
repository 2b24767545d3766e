/**
 * The floor: fastify with nothing behind it. It takes the same requests, answers with the bodies and writes the events that
 * one real call had (a transcript, in the file that is the first argument), and knows nothing of calls: no tokens, no state,
 * no records. Endpoints are numbered; 0 calls 1, 2 calls 3, and so on.
 */
import fastify, { type FastifyReply } from 'fastify';
import { readFileSync } from 'node:fs';
import type { CallTranscript, Step } from './call-load.ts';

const transcript = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CallTranscript;
const streams: FastifyReply['raw'][] = [];
const server = fastify();

server.get<{ Params: { endpointId: string } }>('/v1/endpoints/:endpointId/events', (request, reply) => {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
  reply.raw.flushHeaders();
  streams[Number(request.params.endpointId)] = reply.raw;
});

const answerStep = (step: Step) => (request: { body: unknown }, reply: FastifyReply): FastifyReply => {
  const { answer, toCaller, toCallee } = transcript[step];
  const caller = Number((request.body as { endpointId: string }).endpointId) & ~1;
  for (const { type, data } of toCaller) streams[caller]?.write(`event: ${type}\ndata: ${data}\n\n`);
  for (const { type, data } of toCallee) streams[caller + 1]?.write(`event: ${type}\ndata: ${data}\n\n`);
  return answer === '' ? reply.code(204).send() : reply.type('application/json').send(answer);
};
server.post('/v1/calls', answerStep('start'));
server.post('/v1/calls/:callId(^.+)::ringing', answerStep('ring'));
server.post('/v1/calls/:callId(^.+)::accept', answerStep('answer'));
server.post('/v1/calls/:callId(^.+)::hangUp', answerStep('hangUp'));

console.log(`listening on ${await server.listen({ host: '127.0.0.1', port: 0 })}`);
