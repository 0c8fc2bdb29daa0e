// ARN of a vault, derived from its name: the vault with the copies is in another region and in another stack.
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { type VaultUse, vaultName } from '../config/names';
import type { Site } from '../config/site';

export const vaultArn = (scope: Construct, site: Site, use: VaultUse, region: string): string =>
  Stack.of(scope).formatArn({
    ...{ service: 'backup', region, resource: 'backup-vault', resourceName: vaultName(site, use) },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
