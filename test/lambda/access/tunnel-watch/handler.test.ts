// The watch as the schedule calls it, in a mocked account: outputs have the SDK's types.
import * as ec2 from '@aws-sdk/client-ec2';
import * as secrets from '@aws-sdk/client-secrets-manager';
import type { handler as Handler } from '../../../../lambda/access/tunnel-watch/handler';
import { declaredActions, recordSends } from '../../declared-calls';
import { loadHandler } from '../../load-handler';
import { restoreAfterEach } from '../../restore';

const variables = {
  ...{ AWS_REGION: 'eu-west-3', DEPLOYMENT: 'production', CONNECTION: 'vpn-01', METRIC_NAMESPACE: 'Rempart/Probes' },
  ...{ ALGORITHMS: 'ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21', KEY_DAYS: '330' },
};
const secret = 'arn:aws:secretsmanager:eu-west-3:111111111111:secret:s2svpn!vpn-01-AbCdEf';

const values = <Value>(...list: Value[]): { Value: Value }[] => list.map((Value) => ({ Value }));
const tunnel = (OutsideIpAddress: string): ec2.TunnelOption => ({
  OutsideIpAddress,
  IkeVersions: values('ikev2'),
  Phase1EncryptionAlgorithms: values('AES256-GCM-16'),
  Phase2EncryptionAlgorithms: values('AES256-GCM-16'),
  Phase1IntegrityAlgorithms: values('SHA2-512', 'SHA2-384'),
  Phase2IntegrityAlgorithms: values('SHA2-384'),
  Phase1DHGroupNumbers: values(21, 20, 19),
  Phase2DHGroupNumbers: values(20),
  LogOptions: {
    CloudWatchLogOptions: { LogEnabled: true, LogGroupArn: 'arn:aws:logs:eu-west-3:111111111111:log-group:/rempart/production/tunnels' },
  },
});

let connections: ec2.VpnConnection[];
let refused: Record<string, Error>;
let written: string[];

function answer(command: object): object {
  const error = refused[command.constructor.name];
  if (error) throw error;
  if (command instanceof ec2.DescribeVpnConnectionsCommand) {
    expect(command.input.VpnConnectionIds).toEqual(['vpn-01']);
    return { VpnConnections: connections };
  }
  if (command instanceof secrets.ListSecretVersionIdsCommand) {
    expect(command.input.SecretId).toBe(secret);
    const before = { VersionStages: ['AWSPREVIOUS'], CreatedDate: new Date(0) };
    return { Versions: [before, { VersionStages: ['AWSCURRENT'], CreatedDate: new Date() }] };
  }
  throw new Error(`the mock has no ${command.constructor.name}`);
}

const sentActions = recordSends(ec2.EC2Client, secrets.SecretsManagerClient);
restoreAfterEach();

beforeEach(() => {
  connections = [
    { State: 'deleted' },
    { State: 'available', PreSharedKeyArn: secret, Options: { TunnelOptions: [tunnel('192.0.2.1'), tunnel('192.0.2.2')] } },
  ];
  refused = {};
  const send = async (command: object) => answer(command);
  jest.spyOn(ec2.EC2Client.prototype, 'send').mockImplementation(send);
  jest.spyOn(secrets.SecretsManagerClient.prototype, 'send').mockImplementation(send);
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});

async function run() {
  written = [];
  const shared = { '@aws-sdk/client-ec2': ec2, '@aws-sdk/client-secrets-manager': secrets };
  await loadHandler<{ handler: typeof Handler }>('access/tunnel-watch', variables, shared).handler();
  return JSON.parse(written[0] ?? '');
}

test('two tunnels with the algorithms of the template have no finding', async () => {
  const looked = { connections: 1, tunnels: 2 };
  expect(await run()).toMatchObject({ Probe: 'tunnel-watch', Findings: 0, Completed: 1, clause: 'TOM-3.1', looked });
});

test('a connection that is being deleted, or is unknown to EC2, is a finding', async () => {
  connections = [{ State: 'deleting' }];
  expect(await run()).toMatchObject({ Findings: 1, Completed: 1, findings: [{ id: 'connection' }] });
  refused = { DescribeVpnConnectionsCommand: Object.assign(new Error('no such connection'), { name: 'InvalidVpnConnectionID.NotFound' }) };
  expect(await run()).toMatchObject({ Findings: 1, Completed: 1 });
});

test('tunnels without options, log or secret are findings', async () => {
  connections = [{ State: 'available', Options: { TunnelOptions: [{ OutsideIpAddress: '192.0.2.1' }, { LogOptions: {} }] } }];
  const { findings } = await run();
  expect(findings.map(({ id }: { id: string }) => id)).toEqual(
    expect.arrayContaining(['192.0.2.1::log', 'without an address::log', 'storage']),
  );
  connections = [{ State: 'available' }];
  expect((await run()).findings.map(({ id }: { id: string }) => id)).toEqual(['tunnels', 'storage']);
});

test.each(['DescribeVpnConnectionsCommand', 'ListSecretVersionIdsCommand'])('a refused %s fails the run', async (name) => {
  refused = { [name]: Object.assign(new Error('not authorized'), { name: 'AccessDenied' }) };
  await expect(run()).rejects.toThrow('tunnel-watch: expected a complete run for production, got 1 failures');
});

test('the handler sends the declared calls and no others', async () => {
  await run();
  expect([...sentActions()].sort()).toEqual(declaredActions('tunnel-watch'));
});
