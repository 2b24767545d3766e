import { textFlag, type Command } from '../command-line/command.ts';
import { Failure } from '../failures.ts';

const marks = { good: 'ok   ', notice: 'note ', broken: 'FAIL ' } as const;

/** `./dialplane doctor`: what is wrong, and what to do about it. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Check the machine, the certificate and the running server',
  details: 'It also sends packets through the relay, over UDP, TCP and TLS to each address, and looks for a symmetric NAT. With --server it looks at another server from here: is it reachable, is its certificate trusted, do the clocks agree, which ways lead to its relay. The exit code is 1 when something is broken.',
  options: ['dataDir', 'httpsPort', 'httpPort', 'host', 'publicAddresses', 'certFile', 'keyFile', 'domain'],
  flags: {
    server: { type: 'string', value: 'URL', description: 'Look at this server only' },
    token: { type: 'string', value: 'TOKEN', description: 'An access token of that server, with which its relay can be tested' },
    ca: { type: 'string', value: 'FILE', description: 'A certificate authority to trust for --server (PEM)' },
  },
  run: async (invocation) => {
    const server = textFlag(invocation, 'server');
    if (server !== undefined && !URL.canParse(server)) throw new Failure('USAGE_INVALID', `--server cannot be "${server}": a URL like https://calls.example.com is needed.`);
    const { examine, examineOther } = await import('../doctor/examine.ts');
    const findings = server === undefined ? await examine(invocation.options) : await examineOther(new URL(server).origin, textFlag(invocation, 'ca'), textFlag(invocation, 'token'));
    for (const { verdict, sentence } of findings) console.log(`${marks[verdict]} ${sentence}`);
    const faults = findings.filter(({ verdict }) => verdict === 'broken').length;
    console.log(faults === 0 ? '\nNothing is broken.' : `\n${faults} thing${faults === 1 ? '' : 's'} to repair.`);
    return faults === 0 ? 0 : 1;
  },
};
