"""Who somebody is: second factors, passkeys, single sign-on, wrong tries, and the sign-ins that are open."""
