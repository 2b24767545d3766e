/** What a call costs two user agents, INVITE to BYE with every message written and read: `node packages/sip/src/user-agent/user-agent.bench.ts`. */
import { instant } from '@dialplane/sansio';
import { sdp, TwoAgents } from './test-agents.ts';

const calls = 20_000;

function call(agents: TwoAgents): void {
  agents.call();
  agents.pass(20);
  const { sessionId } = agents.event('bob', 'incoming');
  agents.do('bob', { kind: 'progress', sessionId, status: 180 });
  agents.do('bob', { kind: 'accept', sessionId, description: sdp('answer') });
  agents.pass(20);
  agents.do('alice', { kind: 'end', sessionId: 'a' });
  agents.pass(20);
  agents.events('alice');
  agents.events('bob');
  agents.messages.length = 0;
  agents.ladder.length = 0;
}

for (const transport of ['udp', 'tcp', 'inside'] as const) {
  const agents = new TwoAgents({ transport });
  for (let warm = 0; warm < 2000; warm += 1) call(agents);
  const before = process.cpuUsage();
  for (let made = 0; made < calls; made += 1) call(agents);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${transport}: ${((user + system) / calls).toFixed(1)} us per call, both sides and the wire, 7 messages\n`);
  agents.now = instant(agents.now + 1);
}
