import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { textFlag, type Command } from '../command-line/command.ts';
import { Failure } from '../failures.ts';
import { findProgram, runProgram } from '../preparation/run-program.ts';
import { repositoryRoot } from '../repository.ts';

const unitFile = '/etc/systemd/system/dialplane.service';

/**
 * The systemd unit: a user of its own that exists only while the service runs, a data folder only it can read, no rights but
 * to open ports below 1024. `MemoryDenyWriteExecute` is left out because V8 compiles code at run time.
 *
 * @param program Absolute path of the launcher.
 */
export function systemdUnit(program: string): string {
  return `[Unit]
Description=Dialplane calling
Documentation=file://${join(dirname(program), 'README.md')}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=${program} up --no-install
ExecReload=/bin/kill -HUP $MAINPID
# Options as variables: DIALPLANE_DOMAIN=calls.example.com, DIALPLANE_HTTPS_PORT=443 ... (docs/reference/options.md)
EnvironmentFile=-/etc/dialplane/environment
Environment=NODE_ENV=production DIALPLANE_DATA_DIR=%S/dialplane
Restart=on-failure
RestartSec=2
# Calls in progress get this long to be told; then the rest is ended.
TimeoutStopSec=30
LimitNOFILE=262144

DynamicUser=yes
StateDirectory=dialplane
StateDirectoryMode=0700
UMask=0077
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

/** `./dialplane systemd`: prints the unit, or installs it. */
export const systemdCommand: Command = {
  name: 'systemd',
  summary: 'Print the systemd unit, or install it',
  details: `With --install (as root) the unit is written to ${unitFile} and enabled; options go into /etc/dialplane/environment. Data is kept in /var/lib/dialplane. Run ./dialplane up once before, so that everything is installed and built.`,
  options: [],
  flags: {
    install: { type: 'boolean', description: `Write ${unitFile}, reload systemd, enable and start the service` },
    program: { type: 'string', value: 'FILE', description: 'The launcher to run, if not this one' },
  },
  run: async (invocation) => {
    const program = textFlag(invocation, 'program') ?? join(repositoryRoot, 'dialplane');
    if (/[\s%$"'\\]/.test(program)) throw new Failure('STEP_FAILED', `systemd cannot run a program whose path contains spaces or quotes: ${program}. Move the repository, for example to /opt/dialplane.`);
    const unit = systemdUnit(program);
    if (invocation.flags['install'] !== true) {
      process.stdout.write(unit);
      return 0;
    }
    if (findProgram('systemctl') === undefined) throw new Failure('STEP_FAILED', 'systemd is not here (no systemctl). Start ./dialplane up with what starts services on this machine.');
    try {
      mkdirSync('/etc/dialplane', { recursive: true });
      if (!existsSync('/etc/dialplane/environment')) writeFileSync('/etc/dialplane/environment', '# DIALPLANE_DOMAIN=calls.example.com\n# DIALPLANE_HTTPS_PORT=443\n', { mode: 0o640 });
      writeFileSync(unitFile, unit);
    } catch (error) {
      throw new Failure('STEP_FAILED', `The unit cannot be written; run this as root: sudo ${program} systemd --install`, error);
    }
    for (const words of [['daemon-reload'], ['enable', '--now', 'dialplane.service']]) {
      console.log(`systemctl ${words.join(' ')}`);
      if ((await runProgram('systemctl', words)) !== 0) throw new Failure('STEP_FAILED', 'systemctl failed; its message is above.');
    }
    console.log('The service runs. Its log: journalctl -u dialplane. Options: /etc/dialplane/environment.');
    return 0;
  },
};
