#!/usr/bin/env bash
# Writes the folder that `latchkey scan --from` reads: the answers that an audit needs, and nothing else.
# usage: collect.sh DIR [REGION...]      without regions: all that are switched on in the account
# It needs the AWS CLI, jq, and a session with the AWS policy SecurityAudit and ssm:GetDocument. It only reads.
set -uo pipefail
umask 077 # the answers say how the account is protected
[ $# -gt 0 ] || { echo "usage: collect.sh DIR [REGION...]" >&2; exit 2; }
for tool in aws jq; do
  command -v "$tool" > /dev/null || { echo "collect.sh: \`$tool\` is missing: install it" >&2; exit 2; }
done
dir=$1; shift
# an old answer would pass as a new one
[ -z "$(ls -A "$dir" 2> /dev/null)" ] || { echo "collect.sh: \`$dir\` is not empty: name a new folder" >&2; exit 2; }
mkdir -p "$dir" || exit 2
export AWS_PAGER= AWS_REGION=${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}
export AWS_DEFAULT_REGION=$AWS_REGION # version 1 of the CLI reads this one

save() { # save FILE SERVICE OPERATION [OPTION...]: a call that fails leaves no file, which means "not collected"
  local file="$dir/$1"; shift
  if aws "$@" --output json < /dev/null > "$file.part"; then mv "$file.part" "$file"; else
    rm -f "$file.part"; echo "not collected: $*" >&2; return 1; fi
}
ids() { # ids FILE FILTER: what to ask about one by one; nothing if the file is missing
  [ ! -f "$dir/$1" ] || jq -r "$2" "$dir/$1"
}
each() { # each FILE FILTER MOST: no more than `latchkey scan` reads, which says how many there are
  ids "$1" "$2" | LC_ALL=C sort -u | head -n "$3"
}
encode() { local arn=${1//:/%3A}; echo "${arn//\//%2F}"; }

save sts.get-caller-identity.json sts get-caller-identity || { rmdir "$dir"; exit 1; }
details=iam.get-account-authorization-details.json
save $details iam get-account-authorization-details --filter User Role Group LocalManagedPolicy AWSManagedPolicy
# a managed policy that is a boundary only, or deprecated, is not in the list
ids $details '[.UserDetailList[], .RoleDetailList[] | .PermissionsBoundary.PermissionsBoundaryArn, .AttachedManagedPolicies[]?.PolicyArn]
    + [.GroupDetailList[].AttachedManagedPolicies[]?.PolicyArn] - [.Policies[].Arn, null] | unique[]' | while read -r arn; do
  policy=iam.get-policy.$(encode "$arn")
  save "$policy.json" iam get-policy --policy-arn "$arn" || continue
  version=$(ids "$policy.json" .Policy.DefaultVersionId)
  save "iam.get-policy-version.$(encode "$arn").$version.json" iam get-policy-version --policy-arn "$arn" --version-id "$version"
done

# IAM writes the report when it is asked to, in some seconds
for _ in 1 2 3 4 5 6 7 8 9 10; do
  state=$(aws iam generate-credential-report --query State --output text < /dev/null) || break
  [ "$state" != COMPLETE ] || break
  sleep 2
done
save iam.get-credential-report.json iam get-credential-report
save iam.list-virtual-mfa-devices.json iam list-virtual-mfa-devices

# what AWS says of an account that is in no organisation; else docs/input-folder.md says how its guardrails are written
if ! save organizations.describe-organization.json organizations describe-organization 2> "$dir/.why"; then
  if grep -q AWSOrganizationsNotInUse "$dir/.why"; then
    echo '{"ManagementAccountId": null, "Targets": []}' > "$dir/organizations.effective-policies.json"
  else cat "$dir/.why" >&2; fi
fi
rm -f "$dir/.why"

[ $# -gt 0 ] || set -- $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text)
[ $# -gt 0 ] || { echo "collect.sh: the regions cannot be listed: name them" >&2; exit 1; }
# who holds permission sets; AWS tells it in the management account and in a delegated administrator of Identity Center
center() { # center NAME OPERATION [OPTION...]: the region that Identity Center was switched on in
  local file=$1; shift; save "$file.json" "$@" --region "$home"
}
if ids $details '.RoleDetailList[].Arn' | grep -q /AWSReservedSSO_; then
  save organizations.list-delegated-administrators.json organizations list-delegated-administrators \
    --service-principal sso.amazonaws.com
  for home in "$@"; do
    center sso-admin.list-instances sso-admin list-instances || continue
    [ -z "$(ids sso-admin.list-instances.json '.Instances[]')" ] || break
  done
  account=$(ids sts.get-caller-identity.json .Account)
  ids sso-admin.list-instances.json '.Instances[] | "\(.InstanceArn) \(.IdentityStoreId)"' | while read -r arn store; do
    sets="sso-admin.list-permission-sets-provisioned-to-account.$account.$(encode "$arn")"
    center "$sets" sso-admin list-permission-sets-provisioned-to-account --account-id "$account" --instance-arn "$arn" || continue
    each "$sets.json" '.PermissionSets[]' 500 | while read -r set; do
      of=(--instance-arn "$arn" --permission-set-arn "$set")
      center "sso-admin.describe-permission-set.$(encode "$set")" sso-admin describe-permission-set "${of[@]}"
      center "sso-admin.list-account-assignments.$account.$(encode "$set")" sso-admin list-account-assignments --account-id "$account" "${of[@]}"
    done
    center "identitystore.list-groups.$store" identitystore list-groups --identity-store-id "$store"
    # of people nothing is kept but what they sign in as
    center "identitystore.list-users.$store" identitystore list-users --identity-store-id "$store" \
      --query '{Users: Users[].{UserId: UserId, UserName: UserName}}'
    jq -r '.AccountAssignments[] | select(.PrincipalType == "GROUP").PrincipalId' "$dir"/sso-admin.list-account-assignments.*.json |
      LC_ALL=C sort -u | head -n 500 | while read -r id; do
        center "identitystore.list-group-memberships.$store.$id" identitystore list-group-memberships --identity-store-id "$store" --group-id "$id"
      done
  done
fi

for region in "$@"; do
  echo "reading $region" >&2
  mkdir -p "$dir/$region"
  here() { local file="$region/$1"; shift; save "$file" "$@" --region "$region"; }
  many() { # many FILE LIST "NAME..." COMMAND...: one answer about all of these names
    local file="$dir/$region/$1" list=$2 names=$3; shift 3
    echo "$names" | tr '\t ' '\n\n' | grep . | xargs -r -n 100 aws "$1" "$2" --region "$region" --output json "${@:3}" > "$file.part" ||
      [ -z "$names" ] || { rm -f "$file.part"; echo "not collected: $*" >&2; return 1; }
    jq -s "{$list: [.[].$list[]]}" "$file.part" > "$file"; rm -f "$file.part"
  }
  managed() { # managed OPERATION: with what a service manages, which may be hidden otherwise; an older CLI has no such option
    here "ec2.$1.json" ec2 "$1" --include-managed-resources 2> /dev/null || { here "ec2.$1.json" ec2 "$1"; return 1; }
  }
  managed describe-volumes; managed describe-launch-templates
  # no answer says how the instances were asked for: this file does
  asked='{}'; ! managed describe-instances || asked='{IncludeManagedResources: true}'
  visibility=ec2.get-managed-resource-visibility.json
  here $visibility.asked ec2 get-managed-resource-visibility &&
    jq ". + $asked" "$dir/$region/$visibility.asked" > "$dir/$region/$visibility"
  rm -f "$dir/$region/$visibility.asked"
  for call in ec2.describe-security-groups ec2.describe-instance-connect-endpoints \
      ec2.describe-managed-prefix-lists ec2.describe-vpc-block-public-access-options \
      ec2.describe-vpc-block-public-access-exclusions ec2.get-serial-console-access-status \
      ec2.get-instance-metadata-defaults ssm.describe-instance-information ssm.list-associations \
      ssm.describe-maintenance-windows autoscaling.describe-auto-scaling-groups cloudformation.describe-stacks \
      ecs.list-clusters deploy.list-applications eks.list-clusters lambda.list-functions \
      stepfunctions.list-state-machines codepipeline.list-pipelines events.list-rules backup.list-protected-resources; do
    here "$call.json" "${call%%.*}" "${call#*.}"
  done
  here ec2.describe-images.json ec2 describe-images --owners self
  each "$region/ec2.describe-images.json" '.Images[].ImageId' 500 | while read -r id; do
    here "ec2.describe-image-attribute.$id.json" ec2 describe-image-attribute --attribute launchPermission --image-id "$id"
  done
  here ec2.describe-snapshots.json ec2 describe-snapshots --owner-ids self
  each "$region/ec2.describe-snapshots.json" '.Snapshots[].SnapshotId' 500 | while read -r id; do
    here "ec2.describe-snapshot-attribute.$id.json" ec2 describe-snapshot-attribute \
      --attribute createVolumePermission --snapshot-id "$id"
  done
  here ssm.get-service-setting.default-ec2-instance-management-role.json ssm get-service-setting \
    --setting-id /ssm/managed-instance/default-ec2-instance-management-role
  here ssm.get-document.SSM-SessionManagerRunShell.json ssm get-document --name SSM-SessionManagerRunShell 2> "$dir/.why" || {
    # never set is an answer, too
    if grep -q InvalidDocument "$dir/.why"; then echo '{}' > "$dir/$region/ssm.get-document.SSM-SessionManagerRunShell.json"
    else cat "$dir/.why" >&2; fi; }
  rm -f "$dir/.why"
  here ssm.list-documents.json ssm list-documents --filters Key=Owner,Values=Self
  each "$region/ssm.list-documents.json" '.DocumentIdentifiers[] | select(.Name != "SSM-SessionManagerRunShell")
      | select(.DocumentType | IN("Command", "Session", "AutoApprovalPolicy", "ManualApprovalPolicy")).Name' 300 |
    while read -r name; do here "ssm.get-document.$name.json" ssm get-document --document-format JSON --name "$name"; done
  each "$region/ec2.describe-managed-prefix-lists.json" '.PrefixLists[]
      | select(.OwnerId != "AWS" or (.PrefixListName | contains("ec2-instance-connect"))).PrefixListId' 200 | while read -r id; do
    here "ec2.get-managed-prefix-list-entries.$id.json" ec2 get-managed-prefix-list-entries --prefix-list-id "$id"
  done
  each "$region/ssm.list-associations.json" '.Associations[] | select(.Name
      | test("^(AWS|Amazon)") and (test("Hooks|RunDocument|Ansible") | not) | not).AssociationId' 300 |
    while read -r id; do here "ssm.describe-association.$id.json" ssm describe-association --association-id "$id"; done
  each "$region/ssm.describe-maintenance-windows.json" '.WindowIdentities[].WindowId' 100 | while read -r id; do
    for of in targets tasks; do
      here "ssm.describe-maintenance-window-$of.$id.json" ssm "describe-maintenance-window-$of" --window-id "$id"
    done
  done
  # what a list names is asked for 100 at a time, and the answers are put together
  if builds=$(aws codebuild list-projects --region "$region" --query 'projects[]' --output text < /dev/null); then
    many codebuild.batch-get-projects.json projects "$builds" codebuild batch-get-projects --names
  fi
  each "$region/ecs.list-clusters.json" '.clusterArns[]' 100 | while read -r arn; do
    here "ecs.list-services.$(encode "$arn").json" ecs list-services --cluster "$arn"
    hosts=$(aws ecs list-container-instances --cluster "$arn" --region "$region" --query 'containerInstanceArns[]' --output text < /dev/null) || continue
    many "ecs.describe-container-instances.$(encode "$arn").json" containerInstances "$hosts" \
      ecs describe-container-instances --cluster "$arn" --container-instances
  done
  each "$region/deploy.list-applications.json" '.applications[]' 200 | while read -r name; do
    groups=$(aws deploy list-deployment-groups --application-name "$name" --region "$region" --query 'deploymentGroups[]' --output text < /dev/null) || continue
    many "deploy.batch-get-deployment-groups.$(encode "$name").json" deploymentGroupsInfo "$groups" \
      deploy batch-get-deployment-groups --application-name "$name" --deployment-group-names
  done
  each "$region/eks.list-clusters.json" '.clusters[]' 100 | while read -r name; do
    here "eks.describe-cluster.$name.json" eks describe-cluster --name "$name"
    here "eks.list-access-entries.$name.json" eks list-access-entries --cluster-name "$name"
    ids "$region/eks.list-access-entries.$name.json" ".accessEntries[] | \"$name \(.)\""
  done | LC_ALL=C sort -u | head -n 300 | while read -r name arn; do
    here "eks.list-associated-access-policies.$name.$(encode "$arn").json" eks list-associated-access-policies \
      --cluster-name "$name" --principal-arn "$arn"
  done
  each "$region/codepipeline.list-pipelines.json" '.pipelines[].name' 300 | while read -r name; do
    here "codepipeline.get-pipeline.$name.json" codepipeline get-pipeline --name "$name"
  done
  each "$region/events.list-rules.json" '.Rules[] | select(.ManagedBy == null and .State != "DISABLED").Name' 300 | while read -r name; do
    here "events.list-targets-by-rule.$(encode "$name").json" events list-targets-by-rule --rule "$name"
  done
  each "$region/stepfunctions.list-state-machines.json" '.stateMachines[].stateMachineArn' 200 | while read -r arn; do
    here "stepfunctions.describe-state-machine.$(encode "$arn").json" stepfunctions describe-state-machine --state-machine-arn "$arn"
  done
done
echo "written: $dir; next: latchkey scan --from $dir --out out/$(basename "$dir")" >&2
