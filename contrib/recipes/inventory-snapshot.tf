# inventory-snapshot.tf - A snapshot after each deployment. terraform_data is built in: no provider
# is needed. Add `depends_on` with what has to be deployed before.

variable "environment" {
  type        = string
  description = "The environment's name, for the snapshot's notes."
}

variable "cluster_version" {
  type        = string
  description = "A new value makes the next apply store a snapshot."
}

variable "cluster_context" {
  type        = string
  description = "The kubeconfig's context to store."
}

resource "terraform_data" "inventory_snapshot" {
  triggers_replace = [var.cluster_version]

  provisioner "local-exec" {
    command = "k8s-datamodel --context \"$CONTEXT\" database store --notes \"$NOTES\""

    # As variables, so that no quote in a name can become part of the command.
    environment = {
      CONTEXT = var.cluster_context
      NOTES   = "Terraform deployment - ${var.environment} - ${timestamp()}"
    }
  }
}
