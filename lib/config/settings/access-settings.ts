// Settings of the access of administrators: networks, roles, time limits, and the controls of their credentials.
import { z } from 'zod';
import { cidr, textLike } from './forms';

const minutesUpTo = (least: number, ceiling: number) => z.int().min(least).max(ceiling);

const namedNetwork = z.strictObject({
  name: textLike(/^[a-z][a-z0-9-]{1,30}$/, '2 to 31 lower-case letters, digits and hyphens, a letter first').describe(
    'Short name of the network, in kebab-case, unique among the networks.',
  ),
  cidr: cidr.describe('Private IPv4 range of the network, as in 192.168.40.0/24.'),
});

/** A user of IAM, as its names are formed ("IAM and AWS STS quotas", names). */
const credentialExemption = z.strictObject({
  user: textLike(/^[\w+=.@-]{1,64}$/, 'the name of an IAM user, without a comma').describe('Name of the IAM user, without a path.'),
  reason: textLike(/^[A-Z][ -~]{19,199}$/, 'a sentence of 20 to 200 characters that begins with a capital letter').describe(
    'Why the user needs the exemption. No personal names.',
  ),
  until: z.iso
    .date({ error: 'a date such as 2027-06-30' })
    .describe('Last day of the exemption, at most 366 days ahead. After it the configuration is refused.'),
});

const auditor = z.strictObject({
  account: textLike(/^\d{12}$/, 'twelve digits in quotes').describe('AWS account of the auditor, twelve digits in quotes.'),
  externalId: textLike(/^[A-Za-z0-9+=,.@:/-]{16,128}$/, '16 to 128 letters, digits and + = , . @ : / -').describe(
    'External id that the auditor sends; agreed with the auditor, and not a secret ("Access to AWS accounts owned by third parties").',
  ),
});

const deployer = z.strictObject({
  repository: textLike(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?\/[A-Za-z0-9._-]{1,100}$/,
    'a repository of GitHub as owner/name',
  ).describe('Repository of GitHub whose workflows deploy, as owner/name.'),
  provider: z
    .enum(['managed', 'existing'])
    .default('managed')
    .describe('Identity provider of GitHub in the account: created by this deployment, or existing. An account has one.'),
});

const gatewayAddress = z.ipv4({ error: 'a public IPv4 address such as 203.0.113.1' });

const managementGateway = z.strictObject({
  home: gatewayAddress.optional().describe('Public IPv4 address of the customer gateway that the home site connects to.'),
  recovery: gatewayAddress.optional().describe('Public IPv4 address of the customer gateway that the recovery site connects to.'),
  recoveryOff: textLike(/^[A-Z][ -~]{19,199}$/, 'a sentence of 20 to 200 characters that begins with a capital letter')
    .optional()
    .describe('Why the recovery site has no Site-to-Site VPN; instead of `recovery`, outside production.'),
});

/** The last part of the ARN of a certificate in ACM. */
const vpnCertificate = textLike(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'the id of a certificate in ACM');

export const accessSettings = z.strictObject({
  vpnClientCidr: cidr
    .default('10.60.0.0/22')
    .describe(
      'Private IPv4 range that Client VPN assigns to the IT team, /12 to /22. Changing it replaces the Client VPN endpoint, whose profiles ' +
        'are made again. (TOM-3.2)',
    ),
  vpnCertificate: z
    .strictObject({
      home: vpnCertificate.optional().describe('Id of the certificate in the home region.'),
      recovery: vpnCertificate.optional().describe('Id of the certificate in the recovery region.'),
    })
    .prefault({})
    .describe(
      'Certificate of the VPN server, which `npm run vpn -- init` imports into ACM after a first deployment, and whose id it prints. ' +
        'Without it a site has no Client VPN. A renewal keeps the id; another id replaces the endpoint, whose profiles are made again. ' +
        'Removing it leaves the logs behind, and setting it again is then refused: once set, keep it. (TOM-3.2)',
    ),
  vpnSamlProvider: textLike(/^[\w.-]{1,128}$/, 'the name of a SAML provider in IAM, without its ARN')
    .optional()
    .describe(
      'Name of a SAML provider of IAM in the account, whose sign-in people need beside their certificate, with the AWS provided client. ' +
        'Setting, changing or removing it replaces the Client VPN endpoint, whose profiles are made again. (TOM-3.2)',
    ),
  vpnAddresses: z
    .array(cidr)
    .default([])
    .describe('Public IPv4 ranges from which people connect to Client VPN; from every address if there is none. (TOM-3.2)'),
  managementNetworks: z
    .array(namedNetwork)
    .max(4)
    .default([])
    .describe('Networks of the infrastructure manager, reached by Site-to-Site VPN; its role exists if there is one. At most 4. (TOM-3.1)'),
  managementGateway: managementGateway
    .prefault({})
    .describe(
      'Customer gateway of the management networks: the device at their end of the Site-to-Site VPN. Without it a site has no ' +
        'Site-to-Site VPN. Another address replaces the connection: the device is set up again, with new addresses and keys. ' +
        'Removing it leaves the log behind, and setting it again is then refused: once set, keep it. (TOM-3.1)',
    ),
  partnerNetworks: z.array(namedNetwork).default([]).describe('Networks of partners that transfer data through the VPN. (TOM-5.3)'),
  officeAddresses: z
    .array(cidr)
    .default([])
    .describe('Public IPv4 ranges of the offices, from which roles of people can be used without VPN. (DSS-5.6.1)'),
  signIn: z
    .enum(['users', 'identity-center'])
    .default('users')
    .describe(
      'Sign-in of people: IAM users with MFA, or permission sets of IAM Identity Center with the names of the roles, whose instance must require MFA. (TOM-3.2)',
    ),
  auditor: auditor.optional().describe('Outside auditor who reads the configuration. Without it there is no role for auditors. (TOM-3.9)'),
  deployer: deployer.optional().describe('Deployment from GitHub Actions. Without it there is no role for deployers. (DSS-5.2)'),
  timeouts: z
    .strictObject({
      shellIdleMinutes: minutesUpTo(1, 20)
        .default(15)
        .describe('Minutes without input after which a server shell ends; at most shellMaximumMinutes. (TOM-3.3)'),
      shellMaximumMinutes: minutesUpTo(1, 480).default(240).describe('Minutes after which a server shell ends in any case. (TOM-3.3)'),
      vpnSessionHours: z.literal([8, 10, 12]).default(8).describe('Hours after which a VPN session ends: 8, 10 or 12. (TOM-3.3)'),
      consoleSessionMinutes: minutesUpTo(60, 480)
        .default(480)
        .describe(
          'Minutes after a sign-in with MFA within which a person assumes a role; after them the person signs in again. Sessions of ' +
            'permission sets that last longer raise an alarm. (TOM-3.3)',
        ),
      roleSessionMinutes: minutesUpTo(60, 480)
        .default(60)
        .describe('Minutes that sessions of a role last, at the console and the API: 60, the minimum of AWS, to 480. (TOM-3.3)'),
    })
    .prefault({})
    .describe('Time limits of sessions. (TOM-3.3)'),
  instanceConnect: z
    .boolean()
    .default(false)
    .describe(
      'Shells of servers for the client-data team by EC2 Instance Connect Endpoint, with keys that are valid for 60 seconds, from an office: ' +
        'it needs `officeAddresses`. Without it there is no endpoint and no SSH server. Changing it replaces the servers one by one. (DSS-5.6.6)',
    ),
  accessAnalyzer: z
    .enum(['managed', 'existing'])
    .default('managed')
    .describe(
      'IAM Access Analyzer for access from outside the account, once for the account and region: `managed` by this deployment, or ' +
        '`existing`, of another deployment that shares both. Always managed in production. (TOM-3.5)',
    ),
  passwordPolicy: z
    .strictObject({
      minimumLength: z.int().min(10).max(128).default(14).describe('Least number of characters of a password. (TOM-3.7)'),
    })
    .prefault({})
    .describe(
      'Password policy of the users of the account. Deployments that share an account have the stronger of their policies. (TOM-3.7)',
    ),
  credentialExemptions: z
    .array(credentialExemption)
    .max(20)
    .default([])
    .describe(
      'Users whose passwords and access keys are not ended by age, such as a user for emergencies. Deployments that share an account list ' +
        'the same users. (TOM-3.8)',
    ),
});
