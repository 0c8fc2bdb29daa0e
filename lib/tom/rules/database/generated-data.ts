// TOM-7.4: production has no generated data and nothing that makes any; every other deployment with a database is filled by it alone.
import { generatedDataType, migrationsType } from '../../../config/custom-resource-types';
import { finding, guardWhere, type Rule, replace, set } from '../../rule';
import { clusterType } from '../../template/databases';
import { variableOf } from '../../template/functions';

const lambdaType = 'AWS::Lambda::Function';

export const generatedData: Rule = {
  name: 'generated-data',
  requires: 'production has no resource or function that makes data, and staging and development have one, which fills the database',
  types: [clusterType, lambdaType, generatedDataType],
  check(resource, assembly) {
    const { environment } = assembly.facts;
    const isProduction = environment === 'production';
    if (resource.type === clusterType) {
      // A restored database brings the data of the deployment that it is the backup of.
      if (isProduction || assembly.ofType(generatedDataType).length > 0) return [];
      const fix = 'Build GeneratedData in the data stack.';
      return [finding(resource, 'absent', `a ${generatedDataType}`, 'generated data outside production', fix)];
    }
    if (resource.type === generatedDataType) {
      if (!isProduction) return [];
      return [finding(resource, 'production', '', 'no generated data in production', 'Remove it.')];
    }
    const told = variableOf(resource, 'ENVIRONMENT');
    if (told === undefined) return 'not-applicable';
    const path = 'Properties.Environment.Variables';
    if (told !== environment) return [finding(resource, 'environment', `${path}.ENVIRONMENT`, environment, 'Take it from the site.')];
    if (!isProduction || variableOf(resource, 'HITS_PER_SITE') === undefined) return [];
    return [finding(resource, 'generator', `${path}.HITS_PER_SITE`, 'no generator in production', 'Remove the function.')];
  },
  guards: [
    guardWhere(
      lambdaType,
      (lambda) => variableOf(lambda, 'ENVIRONMENT') !== undefined,
      'Properties.Environment.Variables.ENVIRONMENT',
      replace('staging'),
    ),
    guardWhere(
      lambdaType,
      (lambda) => variableOf(lambda, 'ENVIRONMENT') !== undefined,
      'Properties.Environment.Variables.HITS_PER_SITE',
      set('1000'),
    ),
    // Turns the migrations into what must not be there.
    guardWhere(migrationsType, (_, { facts }) => facts.environment === 'production', 'Type', replace(generatedDataType)),
  ],
  reads: [{ type: lambdaType, path: 'Properties.Environment.Variables' }],
};
