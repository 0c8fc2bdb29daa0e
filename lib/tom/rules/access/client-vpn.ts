// TOM-3.1, TOM-3.2, DSS-5.6.5: people reach the endpoints of AWS services alone, by personal certificates.
import { addressIn, rangeOf } from '../../../config/address-range';
import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { isControl } from '../../template/functions';
import { functionType, subnetType, vpcType } from '../../template/resource-types';
import { subnetOf } from '../../template/topology';
import { newResource } from '../bypass';

export const clientVpnType = 'AWS::EC2::ClientVpnEndpoint';
const associationType = 'AWS::EC2::ClientVpnTargetNetworkAssociation';
const authorizationType = 'AWS::EC2::ClientVpnAuthorizationRule';
const clientRouteType = 'AWS::EC2::ClientVpnRoute';

const fix = 'Use ClientVpn of lib/access/client-vpn.ts.';

/** Id of the certificate of the VPN server at this site; without it the site has no Client VPN. */
const certificateOf = ({ facts: { settings, site } }: Assembly): string | undefined => settings.access.vpnCertificate[site];

/** The provider of the sign-in that people need beside their certificate, or none. */
const samlProvidersOf = ({ facts: { settings } }: Assembly): readonly string[] =>
  settings.access.vpnSamlProvider === undefined ? [] : [`arn:aws:iam::\${AWS::AccountId}:saml-provider/${settings.access.vpnSamlProvider}`];

export const clientVpn: Rule = {
  name: 'client-vpn',
  requires: 'a site with a VPN certificate has one Client VPN: certificates that a handler admits, to subnets of endpoints',
  types: [vpcType, clientVpnType, authorizationType, clientRouteType],
  // Outside production a site may have no Client VPN: the clause needs the setting.
  mustApply: false,
  check(resource, assembly) {
    if (resource.type === authorizationType) return authorizationFindings(resource, assembly);
    if (resource.type === clientRouteType) return [finding(resource, 'route', '', 'no route besides that of the VPC', fix)];
    if (resource.type === clientVpnType) return [...propertyFindings(resource, assembly), ...zoneFindings(resource, assembly)];
    if (certificateOf(assembly) === undefined) return 'not-applicable';
    const own = assembly.ofType(clientVpnType).filter((endpoint) => assembly.refersTo(endpoint.at('VpcId'), endpoint, resource));
    return own.length === 1 ? [] : [finding(resource, 'endpoint', '', 'one Client VPN endpoint in the VPC', fix)];
  },
  guards: [
    guard(clientVpnType, '', remove),
    guard(clientVpnType, 'Properties.VpcId', remove),
    guard(clientVpnType, 'Properties.AuthenticationOptions', remove, replace([]), append({ Type: 'federated-authentication' })),
    guard(clientVpnType, 'Properties.AuthenticationOptions.0.Type', remove, replace('federated-authentication')),
    guard(
      clientVpnType,
      'Properties.AuthenticationOptions.0.MutualAuthentication.ClientRootCertificateChainArn',
      remove,
      replace('theirs'),
    ),
    guard(clientVpnType, 'Properties.ServerCertificateArn', remove, replace('theirs')),
    guard(clientVpnType, 'Properties.ClientConnectOptions', remove),
    guard(clientVpnType, 'Properties.ClientConnectOptions.Enabled', remove, replace(false)),
    guard(clientVpnType, 'Properties.ClientConnectOptions.LambdaFunctionArn', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guard(clientVpnType, 'Properties.SelfServicePortal', remove, replace('enabled')),
    guard(clientVpnType, 'Properties.SplitTunnel', remove, replace(false)),
    guard(clientVpnType, 'Properties.SecurityGroupIds', remove, replace([])),
    guard(associationType, '', remove),
    guard(associationType, 'Properties.ClientVpnEndpointId', remove, replace('theirs')),
    guard(associationType, 'Properties.SubnetId', remove, replace('theirs')),
    guard(authorizationType, 'Properties.TargetNetworkCidr', remove, replace('0.0.0.0/0'), replace('10.0.0.0/8')),
    guard(authorizationType, 'Properties.AccessGroupId', set('everyone')),
  ],
  bypasses: [
    {
      name: 'an authorization of the whole VPC',
      resources: (vpc) => ({
        Whole: newResource(authorizationType, { AuthorizeAllGroups: true, TargetNetworkCidr: vpc.at('CidrBlock') ?? '10.64.0.0/16' }),
      }),
    },
    {
      name: 'a route to the internet for people on the VPN',
      resources: { Route: newResource(clientRouteType, { DestinationCidrBlock: '0.0.0.0/0' }) },
    },
    { name: 'a second Client VPN', resources: { Second: newResource(clientVpnType) } },
  ],
  reads: [
    { type: subnetType, path: 'Properties' },
    { type: functionType, path: 'Properties.LoggingConfig' },
    { type: 'AWS::Logs::LogGroup', path: 'Properties.LogGroupName' },
  ],
};

/** The tier with the endpoints of AWS services. */
const reachedTier = 'private';

function propertyFindings(endpoint: Resource, assembly: Assembly): readonly Finding[] {
  const certificate = `arn:aws:acm:${assembly.facts.region}:\${AWS::AccountId}:certificate/${certificateOf(assembly) ?? '<none>'}`;
  const options = listOf(endpoint.at('AuthenticationOptions'));
  const signIns = samlProvidersOf(assembly);
  const value = (path: string): unknown => canonical(endpoint.at(path) ?? null, endpoint.stack, assembly);
  const handler = assembly.target(endpoint.at('ClientConnectOptions.LambdaFunctionArn'), endpoint.stack);
  const samlProvider = 'AuthenticationOptions.1.FederatedAuthentication.SAMLProviderArn';
  const rootChain = 'AuthenticationOptions.0.MutualAuthentication.ClientRootCertificateChainArn';
  const required: readonly (readonly [id: string, holds: boolean, path: string, required: string])[] = [
    ['authentication', options.length === 1 + signIns.length, 'AuthenticationOptions', `${1 + signIns.length}, as configured`],
    ['sign-in', signIns.every((provider) => provider === value(samlProvider)), samlProvider, 'the provider of access.vpnSamlProvider'],
    [
      'certificates',
      value('AuthenticationOptions.0.Type') === 'certificate-authentication',
      'AuthenticationOptions.0.Type',
      'certificates',
    ],
    ['authority', value(rootChain) === certificate, rootChain, 'the authority of the server certificate'],
    ['server', value('ServerCertificateArn') === certificate, 'ServerCertificateArn', 'the certificate of access.vpnCertificate'],
    ['handled', value('ClientConnectOptions.Enabled') === true, 'ClientConnectOptions.Enabled', 'true'],
    [
      'handler',
      handler !== undefined && isControl(handler, 'connection-handler', assembly),
      'ClientConnectOptions.LambdaFunctionArn',
      'the function connection-handler',
    ],
    ['portal', value('SelfServicePortal') === 'disabled', 'SelfServicePortal', 'disabled'],
    ['split-tunnel', value('SplitTunnel') === true, 'SplitTunnel', 'true'],
    ['group', listOf(endpoint.at('SecurityGroupIds')).length > 0, 'SecurityGroupIds', 'a group other than the default of the VPC'],
  ];
  return required.flatMap(([id, holds, path, text]) => (holds ? [] : [finding(endpoint, id, `Properties.${path}`, text, fix)]));
}

/** Two zones in production, at least one elsewhere. (TOM-6.3) */
function zoneFindings(endpoint: Resource, assembly: Assembly): readonly Finding[] {
  const least = assembly.facts.environment === 'production' ? 2 : 1;
  const zones = assembly
    .ofType(associationType)
    .filter((association) => assembly.refersTo(association.at('ClientVpnEndpointId'), association, endpoint))
    .map((association) => assembly.target(association.at('SubnetId'), association.stack))
    .flatMap((subnet) => (subnet?.type === subnetType ? [subnetOf(subnet, assembly)?.zone] : []));
  const found = new Set(zones.filter((zone) => zone !== undefined)).size;
  return found >= least ? [] : [finding(endpoint, 'zones', '', `associations in ${least} zones`, fix)];
}

/** A network is one subnet of the endpoints, or the resolver of the VPC ("Amazon DNS server"): its third address. */
function authorizationFindings(rule: Resource, assembly: Assembly): readonly Finding[] {
  const target = canonical(rule.at('TargetNetworkCidr') ?? null, rule.stack, assembly);
  const subnets = assembly.ofType(subnetType).filter((subnet) => subnetOf(subnet, assembly)?.tier === reachedTier);
  const resolver = `${addressIn(rangeOf(assembly.facts.settings.network.vpcCidr), 2)}/32`;
  const isNarrow = [...subnets.map((subnet) => subnet.at('CidrBlock')), resolver].includes(target);
  const hasGroup = rule.at('AccessGroupId') !== undefined;
  return [
    ...(isNarrow
      ? []
      : [finding(rule, 'network', 'Properties.TargetNetworkCidr', `a subnet of the tier ${reachedTier}, or the resolver`, fix)]),
    ...(hasGroup ? [finding(rule, 'group', 'Properties.AccessGroupId', 'no group: certificates have none', fix)] : []),
  ];
}
