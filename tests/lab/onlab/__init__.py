# SPDX-License-Identifier: GPL-2.0-or-later
"""The other side of onboarding, for tests: PKI, MASA, registrar and CA.

Nothing here shares code, or a crypto library, with the agent it judges.
"""
