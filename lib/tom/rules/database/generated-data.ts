// TOM-7.4: production has no generator of data; every other deployment with a database loads generated data only.

import { generatedDataType, migrationsType } from '../../../config/custom-resource-types';
import { finding, guardWhere, type Rule, replace, set } from '../../rule';
import { variableOf } from '../../template/functions';
import { clusterType, functionType } from '../../template/resource-types';

export const generatedData: Rule = {
  name: 'generated-data',
  requires: 'production has no resource or function that generates data, and every other database is loaded by one',
  types: [clusterType, functionType, generatedDataType],
  check(resource, assembly) {
    const { environment } = assembly.facts;
    const isProduction = environment === 'production';
    if (resource.type === clusterType) {
      // A restored database would contain the data of the deployment that created the backup.
      if (isProduction || assembly.ofType(generatedDataType).length > 0) return [];
      const fix = 'Create GeneratedData in the data stack.';
      return [finding(resource, 'absent', `a ${generatedDataType}`, 'generated data outside production', fix)];
    }
    if (resource.type === generatedDataType) {
      if (!isProduction) return [];
      return [finding(resource, 'production', '', 'no generated data in production', 'Remove the resource.')];
    }
    const declared = variableOf(resource, 'ENVIRONMENT');
    if (declared === undefined) return 'not-applicable';
    const path = 'Properties.Environment.Variables';
    if (declared !== environment)
      return [finding(resource, 'environment', `${path}.ENVIRONMENT`, environment, 'Set ENVIRONMENT from the site.')];
    if (!isProduction || variableOf(resource, 'HITS_PER_SITE') === undefined) return [];
    return [finding(resource, 'generator', `${path}.HITS_PER_SITE`, 'no generator in production', 'Remove the function.')];
  },
  guards: [
    guardWhere(
      functionType,
      (lambda) => variableOf(lambda, 'ENVIRONMENT') !== undefined,
      'Properties.Environment.Variables.ENVIRONMENT',
      replace('staging'),
    ),
    guardWhere(
      functionType,
      (lambda) => variableOf(lambda, 'ENVIRONMENT') !== undefined,
      'Properties.Environment.Variables.HITS_PER_SITE',
      set('1000'),
    ),
    // Turns the migrations into generated data.
    guardWhere(migrationsType, (_, { facts }) => facts.environment === 'production', 'Type', replace(generatedDataType)),
  ],
  reads: [{ type: functionType, path: 'Properties.Environment.Variables' }],
};
